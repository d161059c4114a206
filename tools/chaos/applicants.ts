import { onboardingIdOf } from '#contracts/onboarding-id.js';
import { consentsGiven } from '../../examples/applicants/applicant.js';
import { inlineDocument } from '../../examples/applicants/documents.js';
import { askedBy } from '../witness/asked.js';
import type { AcknowledgedRequest } from '../witness/seen.js';
import { Random } from './random.js';

/** In many personal values of every generated applicant, and in nothing else: looked for where it must not be. */
export const canaries = ['Zqx7Canary', 'zqx7canary'];
const [inNames = '', inEmails = ''] = canaries;

/** A request, and what is promised of it. */
export interface GeneratedApplicant extends AcknowledgedRequest {
  readonly request: Readonly<Record<string, unknown>>;
}

/** What some ask of the sandbox by their e-mail. Others than these are treated as the schedule says. */
const tags = [
  ...['kyc-rejected', 'kyb-slow', 'consent-pending'],
  ...['lost-answer', 'lost-answer-webhook', 'lost-upload'],
];
const tagsOfOrganizations = ['lost-employee', 'lost-director', 'lost-shareholder', 'lost-activation'];

/** The `number`-th applicant of a seed: about every third an organization, about every sixth with a fate of its own. */
export function applicantOf(seed: number, number: number, tenantId: string): GeneratedApplicant {
  const random = new Random(`applicant ${seed} ${number}`);
  const isOrganization = random.next() < 0.3;
  const hasTag = random.next() < 0.16;
  const tag = hasTag ? random.pick(isOrganization ? [...tags, ...tagsOfOrganizations] : tags) : undefined;
  const requestId = `chaos-${seed}-${number}`;
  const email = `${inEmails}.${seed}.${number}${tag === undefined ? '' : `+${tag}`}@example.test`;
  const request = isOrganization ? organization(number, email, random) : individual(number, email);
  return {
    requestId,
    onboardingId: onboardingIdOf(tenantId, requestId),
    applicantKind: isOrganization ? 'organization' : 'individual',
    expectedEnd: tag === 'kyc-rejected' ? 'rejected' : 'activated',
    asked: askedBy(request),
    isDecidedByFinhub: tag === 'kyb-slow',
    email,
    request,
  };
}

/**
 * Somebody else's request for the same person, of about every twentieth of those without a fate of their own. To be made
 * when the first is a customer: then FinHub's no is the last word. The e-mail is the first one's, also for the witness.
 */
export function secondRequestFor(
  { email, ...first }: GeneratedApplicant,
  seed: number,
  tenantId: string,
): GeneratedApplicant | undefined {
  const hasFate = email?.includes('+') ?? true;
  if (hasFate || new Random(`second ${seed} ${first.requestId}`).next() > 0.05) return undefined;
  const requestId = `${first.requestId}-again`;
  return { ...first, requestId, onboardingId: onboardingIdOf(tenantId, requestId), expectedEnd: 'rejected' };
}

function individual(number: number, email: string): Record<string, unknown> {
  return {
    kind: 'individual',
    individual: {
      ...person(number, email),
      placeOfBirth: 'Kaunas',
      postalCode: '44001',
    },
    documents: [
      inlineDocument('identity', 'PASSPORT', `${inNames} ${number}`),
      inlineDocument('address', 'PROOF_OF_ADDRESS', `${inNames} ${number}`),
    ],
    consents: consentsGiven(number % 60),
  };
}

function organization(number: number, email: string, random: Random): Record<string, unknown> {
  const people = Array.from({ length: random.between(1, 3) }, (_, at) =>
    person(number, `${inEmails}.${email.split('@')[0]?.split('+')[0] ?? ''}.${at}@staff.example.test`),
  );
  const label = `${inNames} ${number}`;
  return {
    kind: 'organization',
    organization: {
      legalName: `${inNames} ${number} UAB`,
      tradingName: `${inNames} ${number}`,
      registrationNumber: `REG-${email}`.slice(0, 60),
      taxId: `TAX-${email}`.slice(0, 60),
      email,
      phone: phoneOf(number),
      incorporationDate: '2015-04-01',
      legalForm: 'LIMITED_LIABILITY_COMPANY',
      industry: 'TECHNOLOGY',
    },
    employees: people.map((its, at) => ({
      person: its,
      position: 'Managing director',
      roles: at === 0 ? ['ADMIN_USER', 'EMPLOYEE'] : ['COMPLIANCE_OFFICER'],
      ...(at === 0 ? { isPrimaryOwner: true } : {}),
    })),
    directors: people.map((its, at) => ({
      person: { ...its, email: its.email.replace('@staff', '@board') },
      role: at === 0 ? 'MANAGING_DIRECTOR' : 'NON_EXECUTIVE_DIRECTOR',
    })),
    shareholders: [
      {
        type: 'INDIVIDUAL',
        ...namesOf(number),
        ownershipPercentage: '66.67',
        isBeneficialOwner: true,
        isPEP: false,
      },
      {
        type: 'CORPORATE',
        companyName: `${inNames} Holding`,
        ownershipPercentage: '33.33',
        isBeneficialOwner: false,
        isPEP: false,
      },
    ],
    documents: [
      inlineDocument('certificate', 'CERTIFICATE_OF_INCORPORATION', label),
      inlineDocument('articles', 'ARTICLES_OF_ASSOCIATION', label),
      inlineDocument('register', 'SHAREHOLDER_REGISTER', label),
      ...people.map((_person, at) => inlineDocument(`director-${at + 1}`, 'DIRECTOR_ID', `${label} ${at}`)),
      inlineDocument('address', 'PROOF_OF_ADDRESS', label),
      inlineDocument('bank', 'BANK_STATEMENT', label),
      inlineDocument('owners', 'BENEFICIAL_OWNERSHIP', label),
    ],
    consents: consentsGiven(number % 60),
  };
}

function person(number: number, email: string) {
  return {
    ...namesOf(number),
    email,
    phone: phoneOf(number),
    dateOfBirth: '1985-05-06',
    nationality: 'LT',
    gender: 'FEMALE',
  };
}

function namesOf(number: number): { firstName: string; lastName: string } {
  return { firstName: 'Ona', lastName: `${inNames} ${number}` };
}

function phoneOf(number: number): string {
  return `+3706${String(number % 10_000_000).padStart(7, '0')}`;
}
