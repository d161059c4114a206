/** Why the vault refuses or cannot answer; stable, and where it has one the same as in the catalogue of reason codes. */
export type VaultErrorCode =
  | 'request_missing'
  | 'request_erased'
  | 'on_hold'
  | 'vault_unreadable'
  | 'seal_unreadable'
  | 'password_destroyed'
  | 'unknown_correction'
  | 'correction_settled'
  | 'correction_unusable'
  | 'document_unknown'
  | 'document_conflict'
  | 'document_too_large'
  | 'document_empty'
  | 'wrong_keys';

/** Every error that the vault throws by itself. No message holds personal data, a key or a ciphertext. */
export class VaultError extends Error {
  constructor(
    readonly code: VaultErrorCode,
    sentence: string,
  ) {
    super(sentence);
    this.name = new.target.name;
  }
}

/** The vault holds no admission of this onboarding, or not what was asked for. */
export class VaultMissing extends VaultError {
  constructor(onboardingId: string) {
    super('request_missing', `the vault holds no request of onboarding ${onboardingId}`);
  }
}

/** The personal data was erased: final, and the onboarding's id is never used again. */
export class VaultErased extends VaultError {
  constructor(onboardingId: string) {
    super('request_erased', `the personal data of onboarding ${onboardingId} was erased`);
  }
}

/** A hold refuses the erase. `reason` is what a human wrote: show it to ops, keep it out of logs and events. */
export class VaultHeld extends VaultError {
  /** Not enumerable, so that no logger and no JSON takes it along. */
  declare readonly reason: string;

  constructor(onboardingId: string, reason: string) {
    super('on_hold', `a hold keeps the personal data of onboarding ${onboardingId}: release it first`);
    Object.defineProperty(this, 'reason', { value: reason, enumerable: false });
  }
}

/** A stored value cannot be opened: it was tampered with, or its key-encryption key is not in `VAULT_KEYS`. */
export class VaultUnreadable extends VaultError {
  constructor(what: string) {
    super('vault_unreadable', `the vault cannot open ${what}`);
  }
}

/** Why a sealed record cannot be opened. */
export type SealFault = 'no_seal' | 'unknown_key' | 'wrong_purpose' | 'bound_elsewhere' | 'not_json';

/** A sealed request or record cannot be opened with `VAULT_INTAKE_KEY`, or is no JSON inside. */
export class UnreadableSeal extends VaultError {
  declare readonly code: 'seal_unreadable';

  constructor(readonly reason: SealFault) {
    super('seal_unreadable', `the sealed record cannot be opened: ${reason}`);
  }
}

/** The password was destroyed because registration is settled: whoever asks now is out of order. */
export class PasswordDestroyed extends VaultError {
  constructor(onboardingId: string) {
    super('password_destroyed', `the password of onboarding ${onboardingId} was destroyed`);
  }
}

/** No correction with this id: never proposed, or erased. */
export class CorrectionUnknown extends VaultError {
  constructor(correctionId: string) {
    super('unknown_correction', `the vault holds no correction ${correctionId}`);
  }
}

/** A reverted correction stays reverted: propose the value again. */
export class CorrectionSettled extends VaultError {
  constructor(correctionId: string) {
    super('correction_settled', `correction ${correctionId} was reverted: propose the value again`);
  }
}

/** The pointer or the value does not fit the request. */
export class CorrectionUnusable extends VaultError {
  constructor(sentence: string) {
    super('correction_unusable', sentence);
  }
}

/** No complete document with this id. */
export class DocumentUnknown extends VaultError {
  constructor(documentId: string) {
    super('document_unknown', `the vault holds no complete document ${documentId}`);
  }
}

/** The document is complete already, with other bytes; the stored one stays. */
export class DocumentConflict extends VaultError {
  constructor(documentId: string) {
    super('document_conflict', `document ${documentId} is complete already, with other bytes`);
  }
}

/** The upload has more bytes than its limit; nothing of it is kept. */
export class DocumentTooLarge extends VaultError {
  constructor(
    documentId: string,
    readonly bytesMax: number,
  ) {
    super('document_too_large', `document ${documentId} has more than ${bytesMax} bytes`);
  }
}

/** The upload has no bytes; nothing is kept. */
export class DocumentEmpty extends VaultError {
  constructor(documentId: string) {
    super('document_empty', `document ${documentId} has no bytes`);
  }
}

/** A key setting is missing, malformed or not the one the data was sealed with; the sentence says what to do. */
export class WrongVaultKeys extends VaultError {
  constructor(sentence: string) {
    super('wrong_keys', sentence);
  }
}
