import { beforeEach, describe, expect, it } from '@jest/globals';
import type { OnboardingRequest } from '#contracts/request.js';
import type { Category } from '#finhub-client/categories.js';
import type { FinhubClient } from '#finhub-client/client.js';
import { systemClock } from '#platform/clock.js';
import { requestOf } from '../../test/handler-parts.js';
import { Categories } from './categories.js';

const personal = { key: 'B2C_PERSONAL', id: 'c-1', name: 'Personal' };
const business = { key: 'B2B_SMALL_BUSINESS', id: 'c-2', name: 'Small business' };
const premium = { key: 'B2C_PREMIUM', id: 'c-3', name: 'Premium' };
const minuteMs = 60_000;

/** What FinHub has for each tenant. */
let listed: Record<string, Category[]>;
/** The tenants that FinHub was asked for, in order. */
let asked: string[];
let nowMs: number;
let categories: Categories;

beforeEach(() => {
  listed = { 'tenant-a': [personal, business], 'tenant-b': [premium] };
  asked = [];
  nowMs = 0;
  const tenant = (tenantId: string) => ({
    categories: async () => {
      asked.push(tenantId);
      return listed[tenantId];
    },
  });
  const clock = { ...systemClock, monotonicMs: () => nowMs };
  categories = new Categories({ tenant } as unknown as FinhubClient, clock);
});

describe("FinHub's categories", () => {
  it('are asked for once for many requests of a tenant, of either kind', async () => {
    expect(await choose('tenant-a')).toBe(personal);
    expect(await choose('tenant-a', requestOf('organization'))).toBe(business);
    expect(asked).toEqual(['tenant-a']);
  });

  it("are each tenant's own", async () => {
    expect(await choose('tenant-a')).toBe(personal);
    expect(await choose('tenant-b')).toBe(premium);
    expect(await choose('tenant-a')).toBe(personal);
    expect(asked).toEqual(['tenant-a', 'tenant-b']);
  });

  it('are asked for again after five minutes, and then as they are by then', async () => {
    await choose('tenant-a');
    listed = { 'tenant-a': [premium] };
    nowMs = 5 * minuteMs - 1;
    expect(await choose('tenant-a')).toBe(personal);
    nowMs = 5 * minuteMs;
    expect(await choose('tenant-a')).toBe(premium);
    expect(asked).toEqual(['tenant-a', 'tenant-a']);
  });

  it('are asked for again once FinHub has refused one, and those of other tenants are not', async () => {
    await choose('tenant-a');
    await choose('tenant-b');
    listed = { 'tenant-a': [premium], 'tenant-b': [] };
    categories.forget('tenant-a');
    expect(await choose('tenant-a')).toBe(premium);
    expect(await choose('tenant-b')).toBe(premium);
    expect(asked).toEqual(['tenant-a', 'tenant-b', 'tenant-a']);
  });

  it('are asked for again for a category that was not among them', async () => {
    const wanted = { ...requestOf('individual'), categoryName: 'Premium' };
    expect(await choose('tenant-a', wanted)).toBeNull();
    listed = { 'tenant-a': [personal, premium] };
    expect(await choose('tenant-a', wanted)).toBe(premium);
    expect(asked).toEqual(['tenant-a', 'tenant-a']);
  });
});

function choose(
  tenantId: string,
  request: OnboardingRequest = requestOf('individual'),
): Promise<Category | null> {
  const call = { signal: new AbortController().signal, timeLimitMs: 1_000, beforeSend: () => undefined };
  return categories.choose(tenantId, request, call);
}
