import type { Readable } from 'node:stream';
import { systemClock, type Clock } from '#platform/clock.js';
import type { Pool } from 'pg';
import type { Admission, AdmissionRecord, AdmissionVerdict } from './admission.js';
import { VaultDatabase } from './database.js';
import type { DocumentReceipt, DocumentRecord, DocumentUpload } from './document.js';
import { admit } from './operations/admit.js';
import { erase, type ErasedPlace } from './operations/erase.js';
import { findAdmission, findAdmissionById } from './operations/find-admission.js';
import { forget, type Forgotten } from './operations/forget.js';
import { hold, release } from './operations/hold.js';
import { keepIban, readIban } from './operations/iban.js';
import { findByCustomer, findByEmail, rememberCustomer, type Match } from './operations/match.js';
import { destroyPassword, readPassword } from './operations/password.js';
import { proposeCorrection, tryCorrection } from './operations/propose-correction.js';
import { putDocument } from './operations/put-document.js';
import { listDocuments, readDocument } from './operations/read-document.js';
import { readRequest } from './operations/read-request.js';
import { rewrap } from './operations/rewrap.js';
import { acceptCorrection, revertCorrection } from './operations/settle-correction.js';
import { openRecord, openSealedRequest, sealRecord } from './sealing/sealed-message.js';
import { intakePublicJwk, type VaultKeys } from './vault-keys.js';
import type { VaultParts } from './vault-parts.js';

/**
 * Admission, and the only place where personal data is kept. Everything personal is sealed (AES-256-GCM) under a data key of
 * its onboarding or document, which is wrapped by a key-encryption key from the environment.
 *
 * Works over the calling service's own pool, with its role's rights. Whoever serves a tenant's own request takes
 * `forTenant()` first: row-level security then shows that tenant's rows and no others, and the gateway's role sees nothing
 * without. Where an id is unknown, methods throw `VaultMissing`; where the data was erased, `VaultErased`; where a value
 * cannot be opened, `VaultUnreadable`. No error holds personal data.
 */
export class Vault {
  private readonly parts: VaultParts;

  constructor(pool: Pool | VaultDatabase, keys: VaultKeys, clock: Clock = systemClock) {
    const database = pool instanceof VaultDatabase ? pool : new VaultDatabase(pool);
    this.parts = { database, keys, clock };
  }

  /** The same vault, seen as one tenant: what belongs to another is not there. */
  forTenant(tenantId: string): Vault {
    const { database, keys, clock } = this.parts;
    return new Vault(database.forTenant(tenantId), keys, clock);
  }

  /**
   * The only judge of "the same request again": gives each request its verdict, in order, and stores the new ones with
   * their inline documents, many in one statement. Any two callers agree on which of them was first. A request that cannot
   * be stored does not keep the others from it; a database that is away throws, and then all may be given again.
   */
  admit(admissions: readonly Admission[]): Promise<AdmissionVerdict[]> {
    return admit(this.parts, admissions);
  }

  /** The admission under an upstream's request id, erased ones included; `undefined` when there is none. */
  admission(tenantId: string, requestId: string): Promise<AdmissionRecord | undefined> {
    return findAdmission(this.parts, tenantId, requestId);
  }

  /** The admission of an onboarding, erased ones included; `undefined` when there is none. */
  admissionById(onboardingId: string): Promise<AdmissionRecord | undefined> {
    return findAdmissionById(this.parts, onboardingId);
  }

  /**
   * What the upstream asked for, unchecked: accepted corrections applied, contents of inline documents taken out (those that
   * broke a rule are still in it), passwords in it until they are destroyed.
   */
  request(onboardingId: string): Promise<unknown> {
    return readRequest(this.parts, onboardingId);
  }

  /**
   * Opens the `sealed` form of the intake. With `onboardingId` a seal that is bound to another onboarding is refused. Throws
   * `UnreadableSeal`.
   */
  openSealed(jwe: string, onboardingId?: string): Promise<unknown> {
    return openSealedRequest(this.parts.keys, jwe, onboardingId);
  }

  /** The public key to which upstreams seal their requests, with `sealRequest`. */
  intakeKey(): ReturnType<typeof intakePublicJwk> {
    return intakePublicJwk(this.parts.keys);
  }

  /** Seals a record that nobody could read, byte for byte, for a dead letter. */
  sealRecord(bytes: Buffer): Promise<string> {
    return sealRecord(this.parts.keys, bytes);
  }

  /** The bytes of a dead letter. Throws `UnreadableSeal`. */
  openRecord(jwe: string): Promise<Buffer> {
    return openRecord(this.parts.keys, jwe);
  }

  /**
   * The password to register with: the upstream's, else one generated once by FinHub's rule (CONTRACT.md U29), the same for
   * everyone who asks. Throws `PasswordDestroyed` afterwards.
   */
  password(onboardingId: string): Promise<string> {
    return readPassword(this.parts, onboardingId);
  }

  /** Once registration is settled: gone from the request, its corrections and where it was generated. Idempotent. */
  destroyPassword(onboardingId: string): Promise<void> {
    return destroyPassword(this.parts, onboardingId);
  }

  /** Keeps the IBAN that FinHub gave; a later one replaces it. */
  keepIban(onboardingId: string, iban: string): Promise<void> {
    return keepIban(this.parts, onboardingId, iban);
  }

  /** The IBAN, `undefined` before FinHub gave one. */
  iban(onboardingId: string): Promise<string | undefined> {
    return readIban(this.parts, onboardingId);
  }

  /**
   * The request as it would be with another value at the pointer, for the rules to judge; stores nothing. Throws
   * `CorrectionUnusable` where the pointer leads nowhere, the value brings a document's content, or it is a password after
   * they were destroyed.
   */
  correctedRequest(onboardingId: string, pointer: string, value: unknown): Promise<unknown> {
    return tryCorrection(this.parts, onboardingId, { pointer, value });
  }

  /** Stores a correction, without effect until it is accepted. Throws as {@link correctedRequest}. */
  proposeCorrection(onboardingId: string, pointer: string, value: unknown): Promise<string> {
    return proposeCorrection(this.parts, onboardingId, { pointer, value });
  }

  /**
   * From now on the request is the corrected one. Idempotent; throws `CorrectionUnknown`, also where it is another
   * onboarding's, and `CorrectionSettled` when reverted.
   */
  acceptCorrection(onboardingId: string, correctionId: string): Promise<void> {
    return acceptCorrection(this.parts, { onboardingId, correctionId });
  }

  /** The request as if it had never been corrected, for good, accepted or not. Idempotent; throws `CorrectionUnknown`. */
  revertCorrection(onboardingId: string, correctionId: string): Promise<void> {
    return revertCorrection(this.parts, { onboardingId, correctionId });
  }

  /**
   * Seals a document as it streams in, before or after its request is admitted; one chunk of 256 kB is in memory. Cut off,
   * it leaves nothing that counts. The same bytes again are fine. Throws `DocumentConflict` for other bytes,
   * `DocumentTooLarge`, `DocumentEmpty`, `VaultErased`; the source is then left open, for its owner to answer and to close.
   */
  putDocument(upload: DocumentUpload, source: Readable): Promise<DocumentReceipt> {
    return putDocument(this.parts, upload, source);
  }

  /** The complete documents of an onboarding, inline ones included; none of an unknown or erased one. */
  documents(onboardingId: string): Promise<DocumentRecord[]> {
    return listDocuments(this.parts, onboardingId);
  }

  /** A document's bytes, one chunk in memory at a time, read when asked for. Throws `DocumentUnknown` at the first. */
  readDocument(onboardingId: string, documentId: string): AsyncIterable<Buffer> {
    return readDocument(this.parts, onboardingId, documentId);
  }

  /** The tenant's onboardings whose applicant has this e-mail address, oldest first, by keyed hash; capitals do not matter. */
  findByEmail(tenantId: string, email: string): Promise<Match[]> {
    return findByEmail(this.parts, tenantId, email);
  }

  /** Remembers, as a keyed hash, which of FinHub's customers an onboarding became. */
  rememberCustomer(onboardingId: string, customerId: string): Promise<void> {
    return rememberCustomer(this.parts, onboardingId, customerId);
  }

  /** The tenant's onboardings that became this customer, oldest first. */
  findByCustomer(tenantId: string, customerId: string): Promise<Match[]> {
    return findByCustomer(this.parts, tenantId, customerId);
  }

  /** From now on `erase` is refused with this reason, e.g. a legal duty to keep. */
  hold(onboardingId: string, reason: string): Promise<void> {
    return hold(this.parts, onboardingId, reason);
  }

  /** Takes the hold away; nothing happens where there is none. */
  release(onboardingId: string): Promise<void> {
    return release(this.parts, onboardingId);
  }

  /**
   * Destroys the keys of an onboarding and everything sealed by them, and answers with each place and what was found there.
   * Its mark stays, so that the same request read again is `erased`, not `new`. Idempotent. Throws `VaultHeld`.
   */
  erase(onboardingId: string): Promise<ErasedPlace[]> {
    return erase(this.parts, onboardingId);
  }

  /**
   * Key rotation: wraps all data keys of older key-encryption keys anew by the current one, in small transactions while all
   * runs on, and says how many. Afterwards, and once no service has an older one as its first, those can leave `VAULT_KEYS`.
   */
  rewrap(): Promise<number> {
    return rewrap(this.parts);
  }

  /**
   * How the vault's tables shrink, to be called once a day: uploads cut off (1 day), documents whose request never came (30),
   * corrections not in force (90), marks of erased onboardings (400). An admission stays until it is erased.
   */
  forget(): Promise<Forgotten> {
    return forget(this.parts);
  }
}
