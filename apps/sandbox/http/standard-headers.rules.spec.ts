import { describe, expect, it } from '@jest/globals';
import { Refusal } from './refusal.js';
import { readHeaders } from './standard-headers.rules.js';

const complete = {
  'x-tenant-id': 't1',
  'x-forwarded-for': '2001:db8::1, 10.0.0.1',
  'x-forwarded-from': 'app',
  platform: 'web',
  deviceid: 'd1',
};
const usual = { actingUser: false, userAgent: false };

function missingOf(headers: Record<string, string>, needs = usual): unknown {
  try {
    readHeaders(headers, needs);
  } catch (error) {
    if (error instanceof Refusal) return error.data['missing'] ?? error.data['header'];
    throw error;
  }
  return [];
}

describe('the standard headers', () => {
  it('give the tenant, the client’s address and the roles of the acting user', () => {
    const read = readHeaders({ ...complete, 'x-user-roles': 'ADMIN_USER, EMPLOYEE' }, usual);
    expect(read).toMatchObject({
      tenant: 't1',
      ipAddress: '2001:db8::1',
      userRoles: ['ADMIN_USER', 'EMPLOYEE'],
    });
  });

  it('are named when missing or blank, all at once and in one spelling', () => {
    expect(missingOf({ 'x-tenant-id': ' ' })).toEqual([
      'X-Tenant-ID',
      'X-Forwarded-For',
      'X-Forwarded-From',
      'platform',
      'deviceId',
    ]);
  });

  it('include the acting user and the User-Agent only where they are asked for', () => {
    expect(missingOf(complete)).toEqual([]);
    expect(missingOf(complete, { actingUser: true, userAgent: true })).toEqual([
      'User-Agent',
      'X-User-ID',
      'X-User-Roles',
    ]);
  });

  it('do not take for an address what is none', () => {
    expect(missingOf({ ...complete, 'x-forwarded-for': 'localhost' })).toBe('X-Forwarded-For');
  });
});
