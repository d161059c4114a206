import { v5 as uuidv5 } from 'uuid';

/** The namespace of every derived id of this project; changing it would make every request new. */
const namespace = '7f1e5a52-2f0e-5d0b-9a53-6c7b5f3f7d11';

/** The onboarding id: derived (UUIDv5) from tenant and the upstream's request id, so that both sides can compute it. */
export function onboardingIdOf(tenantId: string, requestId: string): string {
  return uuidv5(`${tenantId}\n${requestId}`, namespace);
}

/** The id of the `sequence`-th event of a stage of an onboarding: one id per state change, also when published twice. */
export function eventIdOf(onboardingId: string, stage: string, sequence: number): string {
  return uuidv5(`${stage}\n${sequence}`, onboardingId);
}

/** Our id of a document: derived, so that an upstream's own name for it (maybe a person's) stays in the vault. */
export function documentIdOf(onboardingId: string, upstreamDocumentId: string): string {
  return uuidv5(`document\n${upstreamDocumentId}`, onboardingId);
}
