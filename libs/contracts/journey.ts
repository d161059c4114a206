import type { ApplicantKind, Contract, Stage } from './contract.js';
import {
  onboardingActivated,
  onboardingConsented,
  onboardingRegistered,
  onboardingStaffed,
  onboardingVerified,
} from './events.js';

/** The order of the stages, per kind of applicant. A stage refuses what comes out of this order. */
export const journey: Readonly<Record<ApplicantKind, readonly Stage[]>> = {
  individual: ['registration', 'verification', 'consent', 'activation'],
  organization: ['registration', 'personnel', 'verification', 'consent', 'activation'],
};

/** The fact by which a stage tells that its work on an onboarding is done well. */
export const factOf: Readonly<Record<Stage, Contract>> = {
  registration: onboardingRegistered,
  personnel: onboardingStaffed,
  verification: onboardingVerified,
  consent: onboardingConsented,
  activation: onboardingActivated,
};

/**
 * Which parts of the request (JSON pointers) each stage's steps depend on. A correction under a pointer of an earlier stage
 * of the journey is refused: it would change the input of a finished step. Not counted is where the applicant acted from
 * (address and user agent of `/consents/0`), which registration, verification and activation pass on in headers.
 */
export const readsOfStage: Readonly<Record<Stage, readonly string[]>> = {
  registration: ['/kind', '/individual', '/organization', '/categoryName'],
  personnel: ['/employees', '/directors', '/shareholders'],
  verification: ['/documents', '/verificationLevel'],
  consent: ['/consents', '/signatory'],
  activation: ['/activationCode'],
};

/**
 * What a finished step has used up though its recorded input does not show it: a correction of it would have no effect any
 * more, in its own stage either. The registration's category is the chosen one, and a password is no input; by when a
 * verification is opened, which may name a document's number, what is to be uploaded is recorded.
 */
export const usedUpByStep: Readonly<Record<string, readonly string[]>> = {
  register: readsOfStage.registration,
  'open-verification': readsOfStage.verification,
  activate: readsOfStage.activation,
};
