import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import type { Origin } from './call.js';
import { badRequest } from './refusal.js';

/** Which headers a call needs beyond those that every call does. */
export interface HeaderNeeds {
  /** `X-User-ID` and `X-User-Roles`: organization verify and activation (b.3). */
  readonly actingUser: boolean;
  readonly userAgent: boolean;
}

/** Each header by the names that it may have (b.3); the first is the one that a refusal names. */
const names = {
  tenant: ['X-Tenant-ID'],
  forwardedFor: ['X-Forwarded-For'],
  forwardedFrom: ['X-Forwarded-From'],
  platform: ['platform', 'sec-ch-ua-platform'],
  deviceId: ['deviceId', 'X-Device-Id', 'device-id'],
  userAgent: ['User-Agent'],
  userId: ['X-User-ID'],
  userRoles: ['X-User-Roles'],
} as const;

type Name = keyof typeof names;

/** Reads the headers of b.3. Throws 400 with the names of **all** that are missing (U21). */
export function readHeaders(headers: IncomingHttpHeaders, needs: HeaderNeeds): Origin & { tenant: string } {
  const missing = wantedNames(needs).filter((name) => valueOf(headers, name) === '');
  if (missing.length > 0) {
    const missingNames = missing.map((name) => names[name][0]);
    throw badRequest('MISSING_HEADERS', `Missing required header(s): ${missingNames.join(', ')}`, {
      missing: missingNames,
    });
  }
  return {
    tenant: valueOf(headers, 'tenant'),
    ipAddress: ipAddressOf(valueOf(headers, 'forwardedFor')),
    platform: valueOf(headers, 'platform'),
    userAgent: valueOf(headers, 'userAgent'),
    userRoles: valueOf(headers, 'userRoles')
      .split(',')
      .map((role) => role.trim()),
  };
}

function wantedNames({ actingUser, userAgent }: HeaderNeeds): Name[] {
  const wanted: Name[] = ['tenant', 'forwardedFor', 'forwardedFrom', 'platform', 'deviceId'];
  if (userAgent) wanted.push('userAgent');
  if (actingUser) wanted.push('userId', 'userRoles');
  return wanted;
}

/** The first of the addresses is the client's, as proxies append theirs. */
function ipAddressOf(forwardedFor: string): string {
  const ipAddress = forwardedFor.split(',', 1)[0]?.trim() ?? '';
  if (isIP(ipAddress) !== 0) return ipAddress;
  const more = { header: 'X-Forwarded-For' };
  throw badRequest('INVALID_HEADER', 'X-Forwarded-For is no IPv4 or IPv6 address', more);
}

function valueOf(headers: IncomingHttpHeaders, name: Name): string {
  for (const spelling of names[name]) {
    const value = headers[spelling.toLowerCase()];
    if (typeof value === 'string' && value.trim() !== '') return value;
  }
  return '';
}
