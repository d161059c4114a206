import type { IndividualRequest, OrganizationRequest, RequestDocument } from './request.js';

const consents = (['terms', 'privacy', 'data-processing'] as const).map((type) => ({
  type,
  version: '1.0',
  acceptedAt: '2026-01-15T09:30:00Z',
  ipAddress: '192.0.2.10',
  userAgent: 'Mozilla/5.0 (X11; Linux x86_64)',
}));

const address = { street: 'Laisvės al. 1', city: 'Kaunas', postalCode: '44001', country: 'LT' };

/** A valid request of an individual, for documentation and tests; its documents are uploaded by themselves. */
export const individualRequestExample: IndividualRequest = {
  kind: 'individual',
  individual: {
    firstName: 'Ona',
    lastName: 'Petraitė',
    email: 'ona.petraite@example.test',
    phone: '+37060000001',
    dateOfBirth: '1991-02-03',
    gender: 'FEMALE',
    nationality: 'LT',
    placeOfBirth: 'Kaunas',
    postalCode: '44001',
    address,
  },
  documents: [
    { id: 'passport', type: 'PASSPORT', mimeType: 'image/png' },
    { id: 'address', type: 'PROOF_OF_ADDRESS', mimeType: 'application/pdf' },
  ],
  consents,
};

const director = {
  firstName: 'Jonas',
  lastName: 'Kazlauskas',
  email: 'jonas@baltic-demo.example.test',
  phone: '+37060000002',
  dateOfBirth: '1980-05-06',
  nationality: 'LT',
  gender: 'MALE' as const,
};

const organizationDocuments: RequestDocument[] = [
  { id: 'certificate', type: 'CERTIFICATE_OF_INCORPORATION', mimeType: 'application/pdf' },
  { id: 'articles', type: 'ARTICLES_OF_ASSOCIATION', mimeType: 'application/pdf' },
  { id: 'register', type: 'SHAREHOLDER_REGISTER', mimeType: 'application/pdf' },
  { id: 'director-1', type: 'DIRECTOR_ID', mimeType: 'image/png' },
  { id: 'address', type: 'PROOF_OF_ADDRESS', mimeType: 'application/pdf' },
  { id: 'bank', type: 'BANK_STATEMENT', mimeType: 'application/pdf' },
  { id: 'owners', type: 'BENEFICIAL_OWNERSHIP', mimeType: 'application/pdf' },
];

/** A valid request of an organization, for documentation and tests; its documents are uploaded by themselves. */
export const organizationRequestExample: OrganizationRequest = {
  kind: 'organization',
  organization: {
    legalName: 'Baltic Demo UAB',
    tradingName: 'Baltic Demo',
    registrationNumber: 'REG-0001',
    taxId: 'TAX-0001',
    email: 'office@baltic-demo.example.test',
    phone: '+37060000003',
    incorporationDate: '2015-04-01',
    legalForm: 'LIMITED_LIABILITY_COMPANY',
    industry: 'TECHNOLOGY',
    address,
  },
  employees: [
    { person: director, position: 'Managing director', roles: ['ADMIN_USER'], isPrimaryOwner: true },
  ],
  directors: [{ person: director, role: 'MANAGING_DIRECTOR' }],
  shareholders: [
    {
      type: 'INDIVIDUAL',
      firstName: 'Jonas',
      lastName: 'Kazlauskas',
      ownershipPercentage: '66.67',
      isBeneficialOwner: true,
      isPEP: false,
    },
    {
      type: 'CORPORATE',
      companyName: 'Baltic Holding UAB',
      ownershipPercentage: '33.33',
      isBeneficialOwner: false,
      isPEP: false,
    },
  ],
  documents: organizationDocuments,
  consents,
};
