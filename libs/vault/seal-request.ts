import { CompactEncrypt, importJWK, type JWK } from 'jose';

/** Protected `typ` of a sealed request, so that nothing else sealed to the same key passes for one. */
export const requestSealType = 'onboarding-request+jwe';

/** Protected `typ` of a sealed record of a dead letter. */
export const recordSealType = 'onboarding-record+jwe';

/** The one pair of algorithms that the vault opens (RFC 7518: 4.6, 5.3). */
export const sealAlgorithms = { alg: 'ECDH-ES+A256KW', enc: 'A256GCM' } as const;

/**
 * The upstream's half: seals a request to the vault's public key (`GET /v1/intake-key` of the gateway). The result goes into
 * `data.sealed` of `onboarding.requested.v1`. With `onboardingId` (derived from tenant and request id) the seal opens for
 * that onboarding only: who copies it to another tenant or request id gets nothing.
 *
 * Needs `jose` and nothing else of this repository. Throws when the key is no public P-256 or X25519 JWK.
 */
export async function sealRequest(publicJwk: JWK, request: unknown, onboardingId?: string): Promise<string> {
  const plain = new TextEncoder().encode(JSON.stringify(request));
  const bound = onboardingId === undefined ? {} : { onboardingid: onboardingId };
  const kid = publicJwk.kid === undefined ? {} : { kid: publicJwk.kid };
  return new CompactEncrypt(plain)
    .setProtectedHeader({ ...sealAlgorithms, typ: requestSealType, ...kid, ...bound })
    .encrypt(await importJWK(publicJwk, sealAlgorithms.alg));
}
