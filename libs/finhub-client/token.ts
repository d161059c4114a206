import { Fields } from './fields.js';

/** What a session's JWT says; FinHub's other times contradict each other (CONTRACT.md b.2, U19). */
export interface TokenClaims {
  /** From issue to end, where that is a time. A difference of FinHub's own times: our clock may be off by hours. */
  readonly lifetimeMs?: number | undefined;
  /** The tenant's UUID (U33b). */
  readonly tenantId?: string | undefined;
}

/** Reads a token's claims without checking its signature, which is FinHub's business. No claims from what is no JWT. */
export function claimsOf(token: string, now: Date): TokenClaims {
  const claims = new Fields(payloadOf(token));
  const endsAt = Number(claims.text('exp'));
  const issuedAt = Number(claims.text('iat') ?? now.getTime() / 1000);
  const lifetimeMs = (endsAt - issuedAt) * 1000;
  return { lifetimeMs: lifetimeMs > 0 ? lifetimeMs : undefined, tenantId: claims.text('tenantId') };
}

function payloadOf(token: string): unknown {
  try {
    return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
