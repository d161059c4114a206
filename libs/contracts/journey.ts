import type { ApplicantKind, Stage } from './contract.js';

/** The order of the stages, per kind of applicant. A stage refuses what comes out of this order. */
export const journey: Readonly<Record<ApplicantKind, readonly Stage[]>> = {
  individual: ['registration', 'verification', 'consent', 'activation'],
  organization: ['registration', 'personnel', 'verification', 'consent', 'activation'],
};

/**
 * Which parts of the request (JSON pointers) each stage reads from the vault. A correction under a pointer that an
 * earlier stage of the journey has read is refused: it would change the input of a finished step.
 */
export const readsOfStage: Readonly<Record<Stage, readonly string[]>> = {
  registration: ['/kind', '/individual', '/organization', '/categoryName'],
  personnel: ['/employees', '/directors', '/shareholders'],
  verification: ['/documents', '/verificationLevel'],
  consent: ['/consents', '/signatory'],
  activation: ['/activationCode'],
};
