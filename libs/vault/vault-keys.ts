import {
  createHash,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  generateKeyPairSync,
  randomBytes,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto';
import { canonicalJson } from './sealing/canonical-json.js';
import { WrongVaultKeys } from './vault-errors.js';

/** The settings that hold the vault's keys; secrets, all three. */
export interface VaultKeySettings {
  /** Key-encryption keys: `id:base64(32 bytes)[,id:base64...]`. The first wraps, the others only open until `rewrap()`. */
  readonly VAULT_KEYS: string;
  /** base64 of 32 bytes, for keyed hashes. It cannot be rotated: no hash of an earlier request would match. */
  readonly VAULT_HASH_KEY: string;
  /** base64 of a PKCS#8 private key (DER), P-256 or X25519; several with commas, the first is the one we hand out. */
  readonly VAULT_INTAKE_KEY: string;
}

/** A key pair to which upstreams and transports seal. */
export interface IntakeKey {
  /** RFC 7638 thumbprint of the public half. */
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** The vault's keys, as `KeyObject`s: printing or logging them shows nothing. */
export interface VaultKeys {
  readonly currentKekId: string;
  readonly keks: ReadonlyMap<string, KeyObject>;
  readonly hashKey: KeyObject;
  /** At least one; the first seals. */
  readonly intakeKeys: readonly [IntakeKey, ...IntakeKey[]];
}

const makeOne = 'make one with `openssl rand -base64 32`';
const makeIntakeKey =
  'make one with `openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -outform DER | base64 -w0`';

/**
 * Reads the three settings. Throws {@link WrongVaultKeys} with one sentence that names the setting and the remedy, never
 * its value.
 */
export function loadVaultKeys(settings: Partial<VaultKeySettings>): VaultKeys {
  const keks = parseKeks(required(settings, 'VAULT_KEYS', `set it to "id:base64 of 32 bytes"; ${makeOne}`));
  const hashKey = parseSecret(
    required(settings, 'VAULT_HASH_KEY', makeOne),
    `VAULT_HASH_KEY is not base64 of 32 bytes: ${makeOne}`,
  );
  const intake = required(settings, 'VAULT_INTAKE_KEY', makeIntakeKey);
  const [first, ...others] = intake.split(',').map((part) => parseIntakeKey(part.trim()));
  const [currentKekId] = keks.keys();
  if (first === undefined || currentKekId === undefined) throw new WrongVaultKeys('VAULT_KEYS is empty');
  return { currentKekId, keks, hashKey, intakeKeys: [first, ...others] };
}

/** The three settings of a first start, freshly made. Keep them: without `VAULT_KEYS` the personal data is lost. */
export function generateVaultKeys(kekId = 'k1'): VaultKeySettings {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    VAULT_KEYS: `${kekId}:${randomBytes(32).toString('base64')}`,
    VAULT_HASH_KEY: randomBytes(32).toString('base64'),
    VAULT_INTAKE_KEY: privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64'),
  };
}

/** The public key to hand out to upstreams, who seal with `sealRequest`. */
export function intakePublicJwk(keys: VaultKeys): JsonWebKey & { readonly kid: string } {
  const [current] = keys.intakeKeys;
  return { ...current.publicKey.export({ format: 'jwk' }), kid: current.kid };
}

function required(settings: Partial<VaultKeySettings>, name: keyof VaultKeySettings, remedy: string): string {
  const value = settings[name]?.trim() ?? '';
  if (value === '') throw new WrongVaultKeys(`${name} is missing: ${remedy}`);
  return value;
}

function parseKeks(setting: string): Map<string, KeyObject> {
  const keks = new Map<string, KeyObject>();
  for (const part of setting.split(',').map((item) => item.trim())) {
    const [, id, secret] = /^([A-Za-z0-9_-]{1,32}):(.*)$/u.exec(part) ?? [];
    if (id === undefined || secret === undefined)
      throw new WrongVaultKeys(
        'VAULT_KEYS has a part that is not "id:base64 of 32 bytes": give each key an id, a colon and its base64',
      );
    if (keks.has(id))
      throw new WrongVaultKeys(`VAULT_KEYS has the id "${id}" twice: give each key its own id`);
    keks.set(id, parseSecret(secret, `VAULT_KEYS: key "${id}" is not base64 of 32 bytes: ${makeOne}`));
  }
  return keks;
}

function parseSecret(text: string, sentence: string): KeyObject {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length !== 32 || bytes.toString('base64').replace(/=+$/u, '') !== text.replace(/=+$/u, ''))
    throw new WrongVaultKeys(sentence);
  return createSecretKey(bytes);
}

function parseIntakeKey(text: string): IntakeKey {
  const privateKey = privateKeyOf(text);
  const publicKey = privateKey && createPublicKey(privateKey);
  const jwk = publicKey?.export({ format: 'jwk' });
  if (privateKey === undefined || publicKey === undefined || !isUsable(jwk))
    throw new WrongVaultKeys(
      `VAULT_INTAKE_KEY is not base64 of a P-256 or X25519 private key (PKCS#8, DER): ${makeIntakeKey}`,
    );
  return { kid: thumbprint(jwk), privateKey, publicKey };
}

function privateKeyOf(text: string): KeyObject | undefined {
  try {
    return createPrivateKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'pkcs8' });
  } catch {
    return undefined;
  }
}

function isUsable(jwk: JsonWebKey | undefined): jwk is JsonWebKey {
  return jwk?.crv === 'P-256' || jwk?.crv === 'X25519';
}

function thumbprint({ crv, kty, x, y }: JsonWebKey): string {
  const members = y === undefined ? { crv, kty, x } : { crv, kty, x, y };
  return createHash('sha256').update(canonicalJson(members)).digest('base64url');
}
