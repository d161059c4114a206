import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Whether a delivery is FinHub's: `sha256=` and the hex HMAC-SHA256 of the raw body with the subscription's secret, compared
 * in constant time. CONTRACT.md c.6.1, U25 (the algorithm is assumed).
 */
export function verifySignature(rawBody: Buffer, header: string | undefined, secret: string): boolean {
  if (header === undefined || secret === '') return false;
  const expected = createHmac('sha256', secret).update(rawBody).digest('hex');
  const given = Buffer.from(header.trim().toLowerCase());
  const wanted = Buffer.from(`sha256=${expected}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}
