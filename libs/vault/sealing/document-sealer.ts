import { createHash } from 'node:crypto';
import { v4 as uuidv4 } from 'uuid';
import type { VaultKeys } from '../vault-keys.js';
import { VaultUnreadable } from '../vault-errors.js';
import { open, seal, type SealContext } from './aes-gcm.js';
import { newDataKey, unwrapDataKey, type WrappedKey } from './data-key.js';

/** Plain bytes in a sealed chunk. */
export const chunkBytes = 256 * 1024;

/** Which upload of which document; each upload has an id and a data key of its own. */
export interface UploadOwner {
  readonly onboardingId: string;
  readonly documentId: string;
}

/** What is stored of a document besides its chunks. */
export interface SealedDocument extends WrappedKey {
  readonly uploadId: string;
  readonly sizeBytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
  readonly sealedSha256: Buffer;
}

/**
 * Seals a document chunk by chunk. Until it is finished its data key is in this object only: what a broken upload leaves
 * behind opens for nobody.
 */
export class DocumentSealer {
  readonly uploadId = uuidv4();
  private readonly hash = createHash('sha256');
  private readonly key;
  private position = 0;
  private sizeBytes = 0;

  constructor(
    keys: VaultKeys,
    private readonly owner: UploadOwner,
  ) {
    this.key = newDataKey(keys, owner);
  }

  /** The next chunk and its position, from 0. */
  sealChunk(plain: Buffer): { readonly position: number; readonly sealed: Buffer } {
    const position = this.position;
    this.hash.update(plain);
    this.sizeBytes += plain.length;
    this.position += 1;
    return {
      position,
      sealed: seal(this.key.dataKey, plain, chunkContext(this.owner, this.uploadId, position)),
    };
  }

  /** After the last chunk. */
  finish(): SealedDocument {
    const { kekId, wrapped, dataKey } = this.key;
    const { uploadId, sizeBytes } = this;
    const digest = this.hash.digest();
    const sealedSha256 = seal(dataKey, digest, digestContext(this.owner, uploadId, sizeBytes));
    return { uploadId, kekId, wrapped, sizeBytes, sha256: digest.toString('hex'), sealedSha256 };
  }
}

/** Opens the chunks of a stored document. Each throws {@link VaultUnreadable} when it was changed or moved. */
export class DocumentOpener {
  private readonly dataKey: Buffer;

  constructor(
    keys: VaultKeys,
    private readonly owner: UploadOwner,
    private readonly stored: Omit<SealedDocument, 'sha256'>,
  ) {
    this.dataKey = unwrapDataKey(keys, stored, owner);
  }

  openChunk(position: number, sealed: Buffer): Buffer {
    return open(this.dataKey, sealed, chunkContext(this.owner, this.stored.uploadId, position));
  }

  /** Lower-case hex; authenticates the size too. */
  sha256(): string {
    const { uploadId, sizeBytes, sealedSha256 } = this.stored;
    return open(this.dataKey, sealedSha256, digestContext(this.owner, uploadId, sizeBytes)).toString('hex');
  }

  /** To be called after the last chunk: a document that lost its tail must not pass for whole. */
  refuseTruncated(bytesRead: number): void {
    if (bytesRead !== this.stored.sizeBytes)
      throw new VaultUnreadable(`all of document ${this.owner.documentId}: chunks are missing`);
  }
}

function chunkContext(owner: UploadOwner, uploadId: string, position: number): SealContext {
  return { onboardingId: owner.onboardingId, field: `document:${owner.documentId}:${uploadId}:${position}` };
}

function digestContext(owner: UploadOwner, uploadId: string, sizeBytes: number): SealContext {
  const field = `document:${owner.documentId}:${uploadId}:digest:${sizeBytes}`;
  return { onboardingId: owner.onboardingId, field };
}
