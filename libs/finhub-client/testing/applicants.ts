import type {
  Consent,
  Director,
  Employee,
  Individual,
  Organization,
  Shareholder,
} from '#contracts/request.js';

/** Applicants of tests: nobody's data, each value one of a kind so that it can be looked for where it must not be. */
export const individual: Individual = {
  firstName: 'Onutė',
  lastName: 'Petraitė-Canary',
  email: 'onute.canary@example.test',
  phone: '+37060012345',
  dateOfBirth: '1991-02-03',
  gender: 'FEMALE',
  nationality: 'LT',
  placeOfBirth: 'Kaunas "old town"',
  postalCode: '44001',
  address: { street: 'Canary gatvė 7', city: 'Vilnius', postalCode: '01100', country: 'LT' },
};

export const organization: Organization = {
  legalName: 'Baltic Canary UAB',
  tradingName: 'Canary',
  registrationNumber: 'REG-90817263',
  taxId: 'TAX-55443322',
  email: 'office@canary.test',
  phone: '+37060054321',
  incorporationDate: '2011-12-13',
  legalForm: 'LIMITED_LIABILITY_COMPANY',
  industry: 'TECHNOLOGY',
  website: 'https://canary.test/',
  address: { street: 'Rudens 1', city: 'Kaunas', state: 'Kauno', postalCode: '44002', country: 'LT' },
};

const person = {
  firstName: 'Jonas',
  lastName: 'Kanarėlis',
  email: 'jonas@canary.test',
  phone: '+37060077777',
  dateOfBirth: '1988-07-09',
  nationality: 'DE',
  gender: 'MALE',
} as const;

export const employee: Employee = {
  person,
  position: 'COMPLIANCE_OFFICER',
  department: 'Compliance',
  roles: ['ADMIN_USER', 'COMPLIANCE_OFFICER'],
};

export const director: Director = { person, role: 'MANAGING_DIRECTOR' };

export const shareholder: Shareholder = {
  type: 'INDIVIDUAL',
  firstName: 'Rasa',
  lastName: 'Kanarė',
  ownershipPercentage: '33.3333',
  isBeneficialOwner: true,
  isPEP: false,
};

export const consent: Consent = {
  type: 'terms',
  version: '1.0',
  acceptedAt: '2030-01-01T10:00:00Z',
  ipAddress: '203.0.113.77',
  userAgent: 'Mozilla/5.0 (Canarybrowser é)',
};
