import type { MagicTag } from '../magic/magic.rules.js';

/** `individual` is a B2C customer, `organization` a B2B one. */
export type CustomerKind = 'individual' | 'organization';

/** Who can log in: the customer's first user, and each employee and director. */
export interface User {
  readonly id: string;
  readonly email: string;
  readonly passwordHash: string;
  readonly roles: readonly string[];
  /** Epoch milliseconds; an organization's default admin is made a little later than the rest (U45). */
  readonly loginFrom: number;
}

/** A person who works for an organization. */
export interface Employee {
  readonly employeeId: string;
  readonly userId: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  readonly department: string;
  readonly position: string;
  readonly roles: readonly string[];
  readonly hiredAt: number;
}

/** A person who directs an organization. */
export interface Director {
  readonly directorId: string;
  readonly userId: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  readonly role: string;
  readonly appointedDate: string;
}

/** Who owns a part of an organization. */
export interface Shareholder {
  readonly shareholderId: string;
  readonly type: 'INDIVIDUAL' | 'CORPORATE';
  readonly firstName?: string | undefined;
  readonly lastName?: string | undefined;
  readonly companyName?: string | undefined;
  readonly ownershipPercentage: number;
  readonly isBeneficialOwner: boolean;
  readonly isPEP?: boolean | undefined;
  readonly createdAt: number;
}

/** A document, without its content. */
export interface StoredDocument {
  readonly documentId: string;
  /** In the first of the spellings that U7 calls aliases. */
  readonly type: string;
  /** As it was sent. */
  readonly sentType: string;
  readonly fileName: string;
  readonly mimeType: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly category: string;
  readonly uploadedAt: number;
}

/** The consents by the last part of their path (c.2.6). */
export const consentTypes = {
  terms: 'TERMS_AND_CONDITIONS',
  privacy: 'PRIVACY_POLICY',
  'data-processing': 'DATA_PROCESSING',
} as const;

/** The last part of a consent's path. */
export type ConsentPath = keyof typeof consentTypes;

/** A consent that was given. */
export interface Consent {
  readonly id: string;
  readonly status: 'PENDING' | 'ACCEPTED';
  readonly version: string;
  readonly grantedAt: number;
  readonly ipAddress: string;
  readonly userAgent: string;
}

/** A customer of a tenant, of either kind, with everything that hangs on it but its verifications. */
export interface Customer {
  readonly id: string;
  readonly tenantId: string;
  readonly kind: CustomerKind;
  readonly email: string;
  readonly name: string;
  readonly registrationNumber?: string | undefined;
  readonly categoryId: string;
  readonly registeredAt: number;
  readonly activationCode: string;
  readonly tags: readonly MagicTag[];
  readonly users: readonly [User, ...User[]];
  readonly employees: readonly Employee[];
  readonly directors: readonly Director[];
  readonly shareholders: readonly Shareholder[];
  readonly documents: readonly StoredDocument[];
  readonly consents: Readonly<Partial<Record<ConsentPath, Consent>>>;
  readonly wallet: { readonly id: string; readonly iban: string };
  /** Epoch milliseconds from which it is ACTIVE; until then ACTIVATING. Absent before activation. */
  readonly activeFrom?: number | undefined;
  /** Its subscribers are still to be told, once it is ACTIVE. */
  readonly isActivationUntold?: boolean | undefined;
}

/** A verification with its documents. */
export interface Verification {
  readonly id: string;
  readonly tenantId: string;
  readonly customerId: string;
  readonly type: string;
  readonly level: string;
  readonly status: 'PENDING' | 'IN_PROGRESS' | 'APPROVED' | 'REJECTED';
  readonly documents: readonly StoredDocument[];
  readonly createdAt: number;
  /** What an officer decided; FinHub may decide otherwise (U39). */
  readonly requestedVerdict?: 'APPROVED' | 'REJECTED' | undefined;
  readonly decidedBy?: string | undefined;
  readonly decidedAt?: number | undefined;
  /** Epoch milliseconds at which it decides itself. */
  readonly decideAt?: number | undefined;
}
