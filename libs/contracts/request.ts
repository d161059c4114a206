import { z } from 'zod';

/**
 * What an upstream asks for: the applicant with all personal data. It lies in the vault and, where an upstream publishes
 * it there, on the intake topic; nowhere else. This schema gives shapes; `request-rules.ts` gives the business rules and
 * reports all errors at once.
 */

const name = z.string().min(1).max(200);
const countryCode = z.string().regex(/^[A-Z]{2}$/u);
const date = z.iso.date();
const phone = z.string().regex(/^\+[1-9][0-9]{6,14}$/u);
const email = z.email().max(254);
/** A decimal with at most four places as a string, e.g. `"33.33"`: never a float. */
const percentage = z.string().regex(/^(?:0|[1-9][0-9]{0,2})(?:\.[0-9]{1,4})?$/u);

/** `country` is an ISO 3166-1 code of two letters; FinHub is told its name. */
export const addressSchema = z.strictObject({
  street: z.string().min(1).max(200),
  city: z.string().min(1).max(100),
  state: z.string().min(1).max(100).optional(),
  postalCode: z.string().min(1).max(20),
  country: countryCode,
});

/** A natural person who registers as a customer. */
export const individualSchema = z.strictObject({
  firstName: name,
  lastName: name,
  email,
  phone,
  dateOfBirth: date,
  gender: z.enum(['MALE', 'FEMALE']),
  nationality: countryCode,
  placeOfBirth: z.string().min(1).max(200),
  postalCode: z.string().min(1).max(20),
  address: addressSchema.optional(),
  password: z
    .string()
    .max(200)
    .optional()
    .describe('Generated when absent; destroyed once registration is settled.'),
});

/** What registers as an organization; its e-mail and registration number must be new to FinHub (CONTRACT.md c.3.1, U24). */
export const organizationSchema = z.strictObject({
  legalName: name,
  tradingName: name.optional(),
  registrationNumber: z.string().min(1).max(100),
  taxId: z.string().min(1).max(100),
  email,
  phone: phone.optional(),
  incorporationDate: date.optional(),
  legalForm: z.string().min(1).max(100).optional(),
  industry: z.string().min(1).max(100).optional(),
  website: z.url().max(500).optional(),
  address: addressSchema.optional(),
  password: z.string().max(200).optional(),
});

/** A natural person who works for or directs an organization. */
export const personSchema = z.strictObject({
  firstName: name,
  lastName: name,
  email,
  phone,
  dateOfBirth: date,
  nationality: countryCode,
  gender: z.enum(['MALE', 'FEMALE']),
});

/** One of all employees must have `ADMIN_USER`, and goes to FinHub first (CONTRACT.md c.3.2, U16). */
export const employeeSchema = z.strictObject({
  person: personSchema,
  position: z.string().min(1).max(100),
  department: z.string().min(1).max(100).optional(),
  roles: z
    .array(z.enum(['ADMIN_USER', 'COMPLIANCE_OFFICER', 'TRANSACTION_APPROVER', 'EMPLOYEE']))
    .min(1)
    .max(4),
  isPrimaryOwner: z
    .boolean()
    .optional()
    .describe(
      'The legal representative signs the consents; absent everywhere, the first `ADMIN_USER` does (U17).',
    ),
});

/** FinHub's roles of a director (CONTRACT.md c.3.4). */
export const directorSchema = z.strictObject({
  person: personSchema,
  role: z.enum(['MANAGING_DIRECTOR', 'EXECUTIVE_DIRECTOR', 'NON_EXECUTIVE_DIRECTOR']),
});

/** All percentages sum to exactly 100; a natural person with 25 or more is a beneficial owner (CONTRACT.md c.3.5). */
export const shareholderSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('INDIVIDUAL'),
    firstName: name,
    lastName: name,
    ownershipPercentage: percentage,
    isBeneficialOwner: z.boolean(),
    isPEP: z.boolean(),
  }),
  z.strictObject({
    type: z.literal('CORPORATE'),
    companyName: name,
    ownershipPercentage: percentage,
    isBeneficialOwner: z.boolean(),
    isPEP: z.boolean(),
  }),
]);

/** FinHub's names of documents, of individuals and organizations (CONTRACT.md c.4.2, U7). */
export const documentTypes = [
  'PASSPORT',
  'NATIONAL_ID',
  'GOVERNMENT_ID',
  'PROOF_OF_ADDRESS',
  'SOURCE_OF_FUNDS',
  'PEP_DECLARATION',
  'BENEFICIAL_OWNERSHIP',
  'BANK_STATEMENT',
  'INCOME_PROOF',
  'SELFIE',
  'CERTIFICATE_OF_INCORPORATION',
  'ARTICLES_OF_ASSOCIATION',
  'SHAREHOLDER_REGISTER',
  'DIRECTOR_ID',
  'FINANCIAL_STATEMENTS',
  'BUSINESS_LICENSE',
] as const;

/** A document that is declared: the verification waits for the content where it does not come along, at most 256 kB. */
export const documentSchema = z.strictObject({
  id: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/u)
    .describe("The upstream's name for it, unique within the request; the path of `PUT .../documents/{id}`."),
  type: z.enum(documentTypes),
  mimeType: z.enum(['application/pdf', 'image/jpeg', 'image/png']),
  number: z
    .string()
    .min(1)
    .max(50)
    .optional()
    .describe('What is printed on a passport or an identity card; for tenants whose verifications name it.'),
  content: z
    .base64()
    .optional()
    .describe('Base64, for small documents; absent, the content comes by `PUT .../documents/{id}`.'),
});

/** What the applicant agreed to, with the evidence: when, from where, and for an organization by whom. */
export const consentSchema = z.strictObject({
  type: z.enum(['terms', 'privacy', 'data-processing']),
  version: z.string().min(1).max(50),
  acceptedAt: z.iso.datetime({ offset: true }),
  ipAddress: z.union([z.ipv4(), z.ipv6()]),
  userAgent: z.string().min(1).max(500),
});

/** Who signs an organization's consents; without it one of the employees does (CONTRACT.md U17). */
export const signatorySchema = z.strictObject({ name, position: z.string().min(1).max(100), email });

const common = {
  categoryName: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe(
      'A FinHub category by name or key; absent, the one of the lowest risk that fits the kind of applicant. Where it speaks of medium or high risk an individual declares more documents (U7).',
    ),
  verificationLevel: z.enum(['TENANT_VERIFIED', 'POWER_TENANT_VERIFIED']).optional(),
  activationCode: z.string().min(1).max(200).optional(),
  documents: z.array(documentSchema).min(1).max(50),
  consents: z.array(consentSchema).min(1).max(3),
};

export const individualRequestSchema = z.strictObject({
  kind: z.literal('individual'),
  individual: individualSchema,
  ...common,
});

export const organizationRequestSchema = z.strictObject({
  kind: z.literal('organization'),
  organization: organizationSchema,
  employees: z.array(employeeSchema).min(1).max(100),
  directors: z.array(directorSchema).min(1).max(100),
  shareholders: z.array(shareholderSchema).min(1).max(100),
  signatory: signatorySchema.optional(),
  ...common,
});

/** Shapes only: `checkRequest` of `request-rules.ts` judges a request. */
export const onboardingRequestSchema = z.discriminatedUnion('kind', [
  individualRequestSchema,
  organizationRequestSchema,
]);

export type Address = z.infer<typeof addressSchema>;
export type Individual = z.infer<typeof individualSchema>;
export type Organization = z.infer<typeof organizationSchema>;
export type Person = z.infer<typeof personSchema>;
export type Employee = z.infer<typeof employeeSchema>;
export type Director = z.infer<typeof directorSchema>;
export type Shareholder = z.infer<typeof shareholderSchema>;
export type RequestDocument = z.infer<typeof documentSchema>;
export type Consent = z.infer<typeof consentSchema>;
export type Signatory = z.infer<typeof signatorySchema>;
export type IndividualRequest = z.infer<typeof individualRequestSchema>;
export type OrganizationRequest = z.infer<typeof organizationRequestSchema>;
export type OnboardingRequest = z.infer<typeof onboardingRequestSchema>;
