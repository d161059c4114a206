import { beforeEach, describe, expect, it } from '@jest/globals';
import type { OnboardingRequest } from '#contracts/request.js';
import type { Category } from '#finhub-client/categories.js';
import type { FinhubClient } from '#finhub-client/client.js';
import { systemClock } from '#platform/clock.js';
import { unboundedCall } from '#stage/testing/recording-steps.js';
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
      if (listed[tenantId] === undefined) throw new Error('FinHub does not answer');
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

  it('are asked for once by many at the same time, and go on to the rest when one gives up', async () => {
    const abort = new AbortController();
    const waiting = [choose('tenant-a'), choose('tenant-a', requestOf('organization'))];
    const impatient = choose('tenant-a', requestOf('individual'), abort.signal);
    abort.abort();
    await expect(impatient).rejects.toMatchObject({ kind: 'not-done', code: 'call_aborted' });
    expect(await Promise.all(waiting)).toEqual([personal, business]);
    expect(asked).toEqual(['tenant-a']);
  });

  it('that could not be had fail for all who waited, and are asked for again', async () => {
    const answers = listed;
    listed = {};
    const failed = await Promise.allSettled([choose('tenant-a'), choose('tenant-a')]);
    expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    listed = answers;
    expect(await choose('tenant-a')).toBe(personal);
    expect(asked).toEqual(['tenant-a', 'tenant-a']);
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
  signal: AbortSignal = unboundedCall.signal,
): Promise<Category | null> {
  return categories.choose(tenantId, request, { ...unboundedCall, signal });
}
