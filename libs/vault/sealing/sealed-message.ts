import { CompactEncrypt, compactDecrypt, decodeProtectedHeader } from 'jose';
import { recordSealType, requestSealType, sealAlgorithms } from '../seal-request.js';
import { UnreadableSeal } from '../vault-errors.js';
import type { IntakeKey, VaultKeys } from '../vault-keys.js';

/** Opens an upstream's sealed request: JSON. Throws {@link UnreadableSeal}, never with what was inside. */
export async function openSealedRequest(
  keys: VaultKeys,
  jwe: string,
  onboardingId: string | undefined,
): Promise<unknown> {
  const { plain, header } = await openMessage(keys, jwe);
  // Upstreams in other languages may leave `typ` out; one that says it is something else is.
  if (header['typ'] !== undefined && header['typ'] !== requestSealType)
    throw new UnreadableSeal('wrong_purpose');
  const boundTo = header['onboardingid'];
  if (boundTo !== undefined && onboardingId !== undefined && boundTo !== onboardingId)
    throw new UnreadableSeal('bound_elsewhere');
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(plain)) as unknown;
  } catch {
    throw new UnreadableSeal('not_json');
  }
}

/** Seals bytes that nobody could read, for a dead letter. */
export async function sealRecord(keys: VaultKeys, bytes: Buffer): Promise<string> {
  const [current] = keys.intakeKeys;
  return new CompactEncrypt(bytes)
    .setProtectedHeader({ ...sealAlgorithms, typ: recordSealType, kid: current.kid })
    .encrypt(current.publicKey);
}

/** Gives back the bytes of {@link sealRecord}. Throws {@link UnreadableSeal}. */
export async function openRecord(keys: VaultKeys, jwe: string): Promise<Buffer> {
  const { plain, header } = await openMessage(keys, jwe);
  if (header['typ'] !== recordSealType) throw new UnreadableSeal('wrong_purpose');
  return Buffer.from(plain);
}

interface OpenedMessage {
  readonly plain: Uint8Array;
  readonly header: Readonly<Record<string, unknown>>;
}

/** Without a `kid` every key is tried: an upstream need not send it. */
async function openMessage(keys: VaultKeys, jwe: string): Promise<OpenedMessage> {
  const kid = kidOf(jwe);
  const candidates = keys.intakeKeys.filter((key) => kid === undefined || key.kid === kid);
  for (const key of candidates) {
    const opened = await tryToOpen(key, jwe);
    if (opened !== undefined) return opened;
  }
  throw new UnreadableSeal(kid !== undefined && candidates.length === 0 ? 'unknown_key' : 'no_seal');
}

function kidOf(jwe: string): string | undefined {
  try {
    return decodeProtectedHeader(jwe).kid;
  } catch {
    throw new UnreadableSeal('no_seal');
  }
}

async function tryToOpen(key: IntakeKey, jwe: string): Promise<OpenedMessage | undefined> {
  try {
    const { plaintext, protectedHeader } = await compactDecrypt(jwe, key.privateKey, {
      keyManagementAlgorithms: [sealAlgorithms.alg],
      contentEncryptionAlgorithms: [sealAlgorithms.enc],
      // No compressed seals: a small one could open to gigabytes.
      maxDecompressedLength: 0,
    });
    return { plain: plaintext, header: protectedHeader };
  } catch {
    return undefined;
  }
}
