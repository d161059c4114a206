import {
  individualRequestSchema,
  organizationRequestSchema,
  type IndividualRequest,
  type OrganizationRequest,
} from '#contracts/request.js';
import { applicantNamed } from './example-applicants.js';

const address = { street: 'Street 1', city: 'Kaunas', state: 'Kaunas', postalCode: '44001', country: 'LT' };
const password = 'Example-Pass-01';
const activationCode = 'code';

/** {@link applicantNamed}, a person, with every field that the contract knows. */
export function fullIndividual(name: string): { requestId: string; request: IndividualRequest } {
  const { requestId, request } = applicantNamed(name);
  const read = individualRequestSchema.parse(request);
  const individual = { ...read.individual, address, password };
  return { requestId, request: { ...read, individual, documents: numbered(read.documents), activationCode } };
}

/** {@link applicantNamed}, a company, with every field that the contract knows. */
export function fullOrganization(name: string): { requestId: string; request: OrganizationRequest } {
  const { requestId, request } = applicantNamed(name, 'organization');
  const read = organizationRequestSchema.parse(request);
  const shares = [
    { type: 'INDIVIDUAL', firstName: 'Ona', lastName: 'Demo', isBeneficialOwner: true },
    { type: 'CORPORATE', companyName: 'Holding UAB', isBeneficialOwner: false },
  ] as const;
  return {
    requestId,
    request: {
      ...read,
      organization: { ...read.organization, address, password },
      employees: read.employees.map((employee) => ({ ...employee, department: 'Board' })),
      shareholders: shares.map((share) => ({ ...share, ownershipPercentage: '50', isPEP: false })),
      signatory: { name: 'Ona Demo', position: 'Counsel', email: 'ona@signs.example.test' },
      documents: numbered(read.documents),
      activationCode,
    },
  };
}

function numbered<Document extends object>(
  documents: readonly Document[],
): (Document & { number: string })[] {
  return documents.map((document, index) => ({ ...document, number: `LT-${index}` }));
}
