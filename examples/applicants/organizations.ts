import { activated, breaksOurRules, consentsGiven, endsByTag, type Applicant } from './applicant.js';
import { inlineDocument } from './documents.js';
import { people, type InventedPerson } from './people.js';

type Fields = Record<string, unknown>;

interface InventedOrganization {
  readonly legalName: string;
  readonly tradingName: string;
  readonly domain: string;
  readonly legalForm: string;
  readonly industry: string;
  readonly tag: string | undefined;
  /** The shares; the first is held by the managing director, the others by companies. */
  readonly shares: readonly string[];
}

/** legal name | trading name | domain | legal form | industry | tag | shares */
const table = `
Baltic Lantern UAB | Baltic Lantern | baltic-lantern | LIMITED_LIABILITY_COMPANY | TECHNOLOGY | | 100
Wisła Kajaki Sp. z o.o. | Wisła Kajaki | wisla-kajaki | LIMITED_LIABILITY_COMPANY | TOURISM | | 60, 40
Ήλιος Ενέργεια ΑΕ | Helios Energy | helios-energeia | JOINT_STOCK_COMPANY | ENERGY | kyb-slow | 33.34, 33.33, 33.33
Nordlys Fisk AS | Nordlys | nordlys-fisk | LIMITED_LIABILITY_COMPANY | FOOD | | 51, 49
Azulejo & Filhos Lda | Azulejo | azulejo-filhos | LIMITED_LIABILITY_COMPANY | CONSTRUCTION | | 99.9999, 0.0001
Jadranska Plovidba d.o.o. | Jadranska | jadranska-plovidba | LIMITED_LIABILITY_COMPANY | LOGISTICS | lost-employee | 70, 30
Šťastná Pekáreň s.r.o. | Šťastná | stastna-pekaren | LIMITED_LIABILITY_COMPANY | FOOD | | 25, 75
Emajõgi Tarkvara OÜ | Emajõgi | emajogi-tarkvara | LIMITED_LIABILITY_COMPANY | TECHNOLOGY | | 50, 50
Dzintara Krasts SIA | Dzintars | dzintara-krasts | LIMITED_LIABILITY_COMPANY | RETAIL | kyc-rejected | 80, 20
Officine D'Angelo S.r.l. | D'Angelo | officine-dangelo | LIMITED_LIABILITY_COMPANY | MANUFACTURING | | 100
Müller & Töchter GmbH | Müller & Töchter | mueller-toechter | LIMITED_LIABILITY_COMPANY | MANUFACTURING | | 40, 30, 20, 10
Polder Windmolens B.V. | Polder Wind | polder-windmolens | LIMITED_LIABILITY_COMPANY | ENERGY | | 65.5, 34.5
Нишава Логистика д.о.о. | Nišava | nisava-logistika | LIMITED_LIABILITY_COMPANY | LOGISTICS | | 55, 44.99
صفاقس للنسيج ش.م.م | Sfax Textiles | sfax-textile | LIMITED_LIABILITY_COMPANY | TEXTILES | | 90, 10
Cwmni Ystwyth Cyf | Ystwyth | cwmni-ystwyth | LIMITED_LIABILITY_COMPANY | EDUCATION | | 100
`;

/** What breaks our rules, by the domain; the shares of `nisava-logistika` do as they are. */
const mistakes: Readonly<Record<string, (request: Fields) => Fields>> = {
  'nisava-logistika': (request) => request,
  'sfax-textile': (request) => ({
    ...request,
    employees: [{ ...firstOf(request, 'employees'), roles: ['EMPLOYEE'] }],
    shareholders: (request['shareholders'] as Fields[]).map((its) => ({ ...its, isBeneficialOwner: false })),
  }),
};

/** The 15 organizations; one person each stands behind them, and with every third a colleague. */
export const organizations: readonly Applicant[] = table
  .trim()
  .split('\n')
  .map((row, index) => {
    const organization = organizationOf(row);
    const { domain, tag } = organization;
    const mistake = mistakes[domain];
    const request = requestOf(organization, index);
    return {
      requestId: `example-organization-${String(index + 1).padStart(2, '0')}`,
      applicantKind: 'organization',
      request: mistake === undefined ? request : mistake(request),
      expect:
        mistake === undefined
          ? ((tag === undefined ? undefined : endsByTag[tag]) ?? activated)
          : breaksOurRules,
    };
  });

function organizationOf(row: string): InventedOrganization {
  const cells = row.split('|').map((cell) => cell.trim());
  const [
    legalName = '',
    tradingName = '',
    domain = '',
    legalForm = '',
    industry = '',
    tag = '',
    shares = '',
  ] = cells;
  const optionalTag = tag === '' ? undefined : tag;
  return {
    legalName,
    tradingName,
    domain,
    legalForm,
    industry,
    tag: optionalTag,
    shares: shares.split(', '),
  };
}

function requestOf(organization: InventedOrganization, index: number): Fields {
  const team = teamOf(index);
  const { domain, tag } = organization;
  return {
    kind: 'organization',
    organization: {
      legalName: organization.legalName,
      tradingName: organization.tradingName,
      registrationNumber: `EX-REG-${String(4000 + index)}`,
      taxId: `EX-TAX-${String(7000 + index)}`,
      email: `office${tag === undefined ? '' : `+${tag}`}@${domain}.example.test`,
      phone: `+3705551${String(1000 + index)}`,
      incorporationDate: `${String(1999 + index)}-04-01`,
      legalForm: organization.legalForm,
      industry: organization.industry,
      website: `https://${domain}.example.test`,
    },
    employees: team.map((person, at) => employeeOf(person, domain, at)),
    directors: team.map((person, at) => ({
      person: personOf(person, `${person.handle}.board@${domain}.example.test`),
      role: at === 0 ? 'MANAGING_DIRECTOR' : 'NON_EXECUTIVE_DIRECTOR',
    })),
    shareholders: organization.shares.map((share, at) => shareholderOf(organization, team, { share, at })),
    documents: documentsOf(team, index),
    consents: consentsGiven(35 + index),
  };
}

/** The person of this organization, and for every third the next one's too, as a colleague. */
function teamOf(index: number): readonly InventedPerson[] {
  return people.slice(35 + index, 35 + index + (index % 3 === 1 ? 2 : 1));
}

function employeeOf(person: InventedPerson, domain: string, at: number): Fields {
  const email = `${person.handle}@${domain}.example.test`;
  return at === 0
    ? {
        person: personOf(person, email),
        position: 'Managing director',
        roles: ['ADMIN_USER', 'EMPLOYEE'],
        isPrimaryOwner: true,
      }
    : {
        person: personOf(person, email),
        position: 'Officer',
        department: 'Compliance',
        roles: ['COMPLIANCE_OFFICER'],
      };
}

function personOf(person: InventedPerson, email: string): Fields {
  const { firstName, lastName, phone, dateOfBirth, country, gender } = person;
  return { firstName, lastName, email, phone, dateOfBirth, nationality: country, gender };
}

function shareholderOf(
  { tradingName }: InventedOrganization,
  team: readonly InventedPerson[],
  { share, at }: { share: string; at: number },
): Fields {
  const held = { ownershipPercentage: share, isPEP: false };
  const owner = team[0];
  return at === 0 && owner !== undefined
    ? {
        type: 'INDIVIDUAL',
        firstName: owner.firstName,
        lastName: owner.lastName,
        ...held,
        isBeneficialOwner: true,
      }
    : {
        type: 'CORPORATE',
        companyName: `${tradingName} Holding ${String(at)}`,
        ...held,
        isBeneficialOwner: false,
      };
}

function documentsOf(team: readonly InventedPerson[], index: number): object[] {
  const label = `example organization ${String(index + 1)}`;
  return [
    inlineDocument('certificate', 'CERTIFICATE_OF_INCORPORATION', label),
    inlineDocument('articles', 'ARTICLES_OF_ASSOCIATION', label),
    inlineDocument('register', 'SHAREHOLDER_REGISTER', label),
    ...team.map((_person, at) =>
      inlineDocument(`director-${String(at + 1)}`, 'DIRECTOR_ID', `${label} director ${String(at + 1)}`),
    ),
    inlineDocument('address', 'PROOF_OF_ADDRESS', label),
    inlineDocument('bank', 'BANK_STATEMENT', label),
    inlineDocument('owners', 'BENEFICIAL_OWNERSHIP', label),
  ];
}

function firstOf(request: Fields, list: string): Fields {
  return (request[list] as Fields[])[0] ?? {};
}
