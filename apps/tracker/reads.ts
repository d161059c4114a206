import type { Pool } from 'pg';
import { commandReport, type CommandReport } from './command.rules.js';
import { asTenant, everyTenant } from './database.js';
import { countsOf, funnelsOf } from './funnel.rules.js';
import { countOnboardings, countParked } from './sql/count-onboardings.js';
import { findDeadLetter, listDeadLetters, type DeadLetterRow } from './sql/list-dead-letters.js';
import { eventsOfCommand, listEvents } from './sql/list-events.js';
import { listOnboardings, type OnboardingFilter, type OnboardingRow } from './sql/list-onboardings.js';
import { standingOf, type Standing } from './standing.rules.js';
import type { StoredDeadLetter } from './stored.js';
import { timelineOf, type TimelineEntry } from './timeline.rules.js';

/** Where a page of a list ended. */
export interface PageEnd {
  readonly at: string;
  readonly id: string;
}

/** A page of a list; `end` is there where more follows. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly end?: PageEnd;
}

/** An onboarding as it is told. */
export interface Onboarding extends Standing {
  readonly onboardingId: string;
  readonly tenantId: string;
  readonly requestId: string;
}

/** An onboarding in a list. */
export type ListedOnboarding = Omit<Onboarding, 'errors'>;

/** Which part of a list is wanted. */
export interface PageRequest {
  readonly limit: number;
  readonly before?: PageEnd | undefined;
}

/** What is asked of the read model, each time for one tenant, or for all (`*`): row-level security keeps to it. */
export class Reads {
  constructor(private readonly pool: Pool) {}

  /** The onboarding with the latest part of its timeline; undefined where the tenant has none with this id. */
  async onboarding(
    tenant: string,
    onboardingId: string,
    page: PageRequest,
  ): Promise<(Onboarding & { timeline: readonly TimelineEntry[]; end?: PageEnd }) | undefined> {
    return asTenant(this.pool, tenant, async (client) => {
      const [row] = await listOnboardings(client, { onboardingId, limit: 1 });
      if (row === undefined) return undefined;
      const events = await listEvents(client, { ...page, onboardingId, limit: page.limit + 1 });
      const shown = events.slice(0, page.limit);
      const last = events.length > page.limit ? shown.at(-1) : undefined;
      const end = last === undefined ? {} : { end: { at: last.time, id: last.id } };
      return { ...told(row), timeline: timelineOf(shown), ...end };
    });
  }

  /** Onboardings that the filter lets through, those that were requested last first; each without its `errors`. */
  async onboardings(
    tenant: string,
    filter: Omit<OnboardingFilter, 'tenantId'>,
  ): Promise<Page<ListedOnboarding>> {
    const rows = await asTenant(this.pool, tenant, (client) =>
      listOnboardings(client, { ...filter, tenantId: only(tenant), limit: filter.limit + 1 }),
    );
    return pageOf(rows.map(listed), filter.limit, ({ requestedAt, onboardingId }) => ({
      at: requestedAt,
      id: onboardingId,
    }));
  }

  /** Dead letters without payloads, newest first. They belong to no tenant: only `*` sees any. */
  async deadLetters(tenant: string, { limit, before }: PageRequest): Promise<Page<DeadLetterRow>> {
    const rows = await asTenant(this.pool, tenant, (client) =>
      listDeadLetters(client, { before, limit: limit + 1 }),
    );
    return pageOf(rows, limit, ({ at, id }) => ({ at, id }));
  }

  /** A dead letter with its sealed payload. */
  deadLetter(tenant: string, id: string): Promise<StoredDeadLetter | undefined> {
    return asTenant(this.pool, tenant, (client) => findDeadLetter(client, id));
  }

  /** What became of a command; undefined where the tenant's events do not name it yet. */
  async command(tenant: string, commandId: string): Promise<CommandReport | undefined> {
    return commandReport(await asTenant(this.pool, tenant, (client) => eventsOfCommand(client, commandId)));
  }

  /** How many wait for a human, of all tenants. */
  parked(): Promise<number> {
    return asTenant(this.pool, everyTenant, countParked);
  }

  async funnels(tenant: string): Promise<ReturnType<typeof funnelsOf>> {
    return funnelsOf(await asTenant(this.pool, tenant, (client) => countOnboardings(client, only(tenant))));
  }

  async counts(tenant: string): Promise<ReturnType<typeof countsOf>> {
    return countsOf(await asTenant(this.pool, tenant, (client) => countOnboardings(client, only(tenant))));
  }
}

function told({ onboardingId, tenantId, requestId, registers }: OnboardingRow): Onboarding {
  return { onboardingId, tenantId, requestId, ...standingOf(registers) };
}

function listed(row: OnboardingRow): ListedOnboarding {
  const { errors: _inTheDetail, ...rest } = told(row);
  return rest;
}

/** Said in the statement too, so that an index serves it. */
function only(tenant: string): string | undefined {
  return tenant === everyTenant ? undefined : tenant;
}

function pageOf<Item>(rows: readonly Item[], limit: number, endOf: (item: Item) => PageEnd): Page<Item> {
  const items = rows.slice(0, limit);
  const last = rows.length > limit ? items.at(-1) : undefined;
  return last === undefined ? { items } : { items, end: endOf(last) };
}
