import { activated, breaksOurRules, consentsGiven, endsByTag, type Applicant } from './applicant.js';
import { inlineDocument } from './documents.js';
import { people, type InventedPerson } from './people.js';

type Fields = Record<string, unknown>;

/** What the sandbox is asked for, by the person's handle. */
const tags: Readonly<Record<string, string>> = {
  'lukasz.wisniewski': 'kyc-rejected',
  'zoe.vandenbroeck': 'kyc-rejected',
  'joao.goncalves': 'conflict',
  'li.xiaolong': 'rate-limited',
  'agnes.szucs': 'error-500',
  'nana.oforiatta': 'hang',
  'itziar.etxeberria': 'consent-pending',
  'giorgi.beridze': 'lost-answer',
};

/** What breaks our rules, by the person's handle. */
const mistakes: Readonly<Record<string, (request: Fields) => Fields>> = {
  'jiwoo.kim': (request) => withIndividual(request, { dateOfBirth: '2015-10-17' }),
  'ivan.petrov': (request) => withIndividual(request, { phone: '0888 55 10 27', password: 'password' }),
  'pekka.makela': (request) => ({
    ...request,
    documents: (request['documents'] as unknown[]).slice(0, 1),
    consents: (request['consents'] as unknown[]).slice(0, 2),
  }),
};

/** The 35 individuals. */
export const individuals: readonly Applicant[] = people.slice(0, 35).map((person, index) => {
  const number = String(index + 1).padStart(2, '0');
  const tag = tags[person.handle];
  const mistake = mistakes[person.handle];
  const request = requestOf(person, index, tag);
  return {
    requestId: `example-individual-${number}`,
    applicantKind: 'individual',
    request: mistake === undefined ? request : mistake(request),
    expect:
      mistake === undefined
        ? ((tag === undefined ? undefined : endsByTag[tag]) ?? activated)
        : breaksOurRules,
  };
});

function requestOf(person: InventedPerson, index: number, tag: string | undefined): Fields {
  const { firstName, lastName, gender, phone, dateOfBirth, country, city } = person;
  const postalCode = String(10_000 + index * 137);
  const label = `example individual ${String(index + 1)}`;
  const identity = (['PASSPORT', 'NATIONAL_ID', 'GOVERNMENT_ID'] as const)[index % 3] ?? 'PASSPORT';
  return {
    kind: 'individual',
    individual: {
      firstName,
      lastName,
      email: `${person.handle}${tag === undefined ? '' : `+${tag}`}@example.test`,
      phone,
      dateOfBirth,
      gender,
      nationality: country,
      placeOfBirth: city,
      postalCode,
      ...(index % 2 === 0
        ? { address: { street: `Example Street ${String(index + 1)}`, city, postalCode, country } }
        : {}),
      ...(index % 7 === 0 ? { password: `Example-Pass-${String(10 + index)}` } : {}),
    },
    documents: [
      { ...inlineDocument('identity', identity, label), number: `LT-EXAMPLE-${String(index + 1)}` },
      inlineDocument('address', 'PROOF_OF_ADDRESS', label),
    ],
    consents: consentsGiven(index),
  };
}

function withIndividual(request: Fields, fields: Fields): Fields {
  return { ...request, individual: { ...(request['individual'] as Fields), ...fields } };
}
