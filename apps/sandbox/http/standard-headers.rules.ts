import { isIP } from 'node:net';
import type { IncomingHttpHeaders } from 'node:http';
import { badRequest } from './refusal.js';
import type { Origin } from './call.js';

/** Which headers a call needs beyond those that every call does. */
export interface HeaderNeeds {
  /** `X-User-ID` and `X-User-Roles`: organization verify and activation (b.3). */
  readonly actingUser: boolean;
  readonly userAgent: boolean;
}

/** Each header by the names that it may have (b.3); the first is the one that a refusal names. */
const standard = [
  ['X-Tenant-ID'],
  ['X-Forwarded-For'],
  ['X-Forwarded-From'],
  ['platform', 'sec-ch-ua-platform'],
  ['deviceId', 'X-Device-Id', 'device-id'],
] as const;

/** Reads the headers of b.3. Throws 400 with the names of **all** that are missing (U21). */
export function readHeaders(headers: IncomingHttpHeaders, needs: HeaderNeeds): Origin & { tenant: string } {
  const wanted: (readonly string[])[] = [...standard];
  if (needs.userAgent) wanted.push(['User-Agent']);
  if (needs.actingUser) wanted.push(['X-User-ID'], ['X-User-Roles']);
  const missing = wanted.filter((names) => !valueOf(headers, names)).map((names) => names[0]);
  if (missing.length > 0)
    throw badRequest('MISSING_HEADERS', `Missing required header(s): ${missing.join(', ')}`, { missing });
  const ipAddress = valueOf(headers, ['X-Forwarded-For'])?.split(',')[0]?.trim() ?? '';
  if (isIP(ipAddress) === 0)
    throw badRequest('INVALID_HEADER', 'X-Forwarded-For is no IPv4 or IPv6 address', {
      header: 'X-Forwarded-For',
    });
  return {
    tenant: valueOf(headers, ['X-Tenant-ID']) ?? '',
    ipAddress,
    platform: valueOf(headers, standard[3]) ?? '',
    userAgent: valueOf(headers, ['User-Agent']) ?? '',
    userRoles: (valueOf(headers, ['X-User-Roles']) ?? '').split(',').map((role) => role.trim()),
  };
}

function valueOf(headers: IncomingHttpHeaders, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = headers[name.toLowerCase()];
    if (typeof value === 'string' && value.trim() !== '') return value;
  }
  return undefined;
}
