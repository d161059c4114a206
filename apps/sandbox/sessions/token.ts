import { createHmac, timingSafeEqual } from 'node:crypto';

/** What FinHub's JWTs say (b.2). Times are epoch seconds. */
export interface Claims {
  readonly iss: 'bff';
  readonly aud: 'bff-clients';
  readonly sub: string;
  readonly tenantId: string;
  readonly customerId: string;
  readonly userId: string;
  readonly userType: 'ADMIN' | 'CONSUMER';
  readonly roles: readonly string[];
  readonly iat: number;
  readonly exp: number;
  /** The session's id. */
  readonly jti: string;
}

const header = encode({ alg: 'HS256', typ: 'JWT' });

/** A JWT, HS256. By hand because the ready-made libraries sign asynchronously: an effect and its ledger share a tick. */
export function signToken(claims: Claims, key: string): string {
  const content = `${header}.${encode(claims)}`;
  return `${content}.${signature(content, key)}`;
}

/** The claims of a token that we signed and that has not expired at `nowSeconds`. */
export function readToken(token: string, key: string, nowSeconds: number): Claims | undefined {
  const end = token.lastIndexOf('.');
  const content = token.slice(0, end);
  if (end < 0 || !content.startsWith(`${header}.`)) return undefined;
  const given = Buffer.from(token.slice(end + 1));
  const right = Buffer.from(signature(content, key));
  if (given.length !== right.length || !timingSafeEqual(given, right)) return undefined;
  const claims = JSON.parse(
    Buffer.from(content.slice(header.length + 1), 'base64url').toString('utf8'),
  ) as Claims;
  return claims.exp > nowSeconds ? claims : undefined;
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function signature(content: string, key: string): string {
  return createHmac('sha256', key).update(content).digest('base64url');
}
