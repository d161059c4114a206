import { emailOf, isRegistration, Ledger } from '../ledger.js';
import type { Finding, SeenEffect } from '../seen.js';
import { standingOf, tellStanding } from '../standing.js';
import type { SeenEvent, Story } from '../story.js';
import { nameOf } from './ends.js';

/** Nothing that may happen once at FinHub has happened twice; what we say has happened there, and the other way round. */
export function judgeEffects(stories: readonly Story[], ledger: readonly SeenEffect[]): Finding[] {
  const book = new Book(stories, ledger);
  return [
    ...doubled(ledger),
    ...stories.flatMap((story) => [...unregistered(story, book), ...notDone(story, book)]),
    ...sharedCustomers(book),
    ...ledger.flatMap((effect) => [...unknownCustomer(effect, book), ...untoldActivation(effect, book)]),
  ];
}

/** The ledger and the stories, each to be found by the other's ids. */
class Book {
  readonly ledger: Ledger;
  readonly registered: ReadonlySet<string>;
  readonly byCustomer = new Map<string, Story[]>();
  readonly byEmail: ReadonlyMap<string, Story>;

  constructor(stories: readonly Story[], effects: readonly SeenEffect[]) {
    this.ledger = new Ledger(effects);
    this.registered = new Set(effects.filter(isRegistration).flatMap(({ objectIds }) => objectIds));
    for (const story of stories) {
      const customerId = customerOf(story);
      if (customerId === undefined) continue;
      this.byCustomer.set(customerId, [...(this.byCustomer.get(customerId) ?? []), story]);
    }
    this.byEmail = new Map(
      stories.flatMap((story) =>
        story.request?.email ? [[story.request.email.toLowerCase(), story] as const] : [],
      ),
    );
  }
}

function doubled(ledger: readonly SeenEffect[]): Finding[] {
  return ledger
    .filter(({ isOnceOnly, count }) => isOnceOnly && count > 1)
    .map(({ key, count, objectIds }) => ({
      rule: 'doubled',
      sentence: `${key} happened ${count} times at FinHub and made ${objectIds.join(', ')}.`,
    }));
}

function unregistered(story: Story, book: Book): Finding[] {
  const customerId = customerOf(story);
  if (customerId === undefined || book.registered.has(customerId)) return [];
  const sentence = `${nameOf(story)} is registered as ${customerId}, whom FinHub does not know.`;
  return [{ rule: 'never-registered', sentence }];
}

/** What facts say was done, has been done. */
function notDone(story: Story, { ledger }: Book): Finding[] {
  const customerId = customerOf(story) ?? '';
  return story.events.flatMap((event) =>
    effectsToldOf(event, customerId)
      .map((told) => ({ ...told, done: ledger.count(told.kind, told.owner) }))
      .filter(({ count, done }) => done < count)
      .map(({ kind, owner, count, done }) => ({
        rule: 'not-done',
        sentence: `${nameOf(story)} has ${event.type}, and FinHub has ${done} of ${count} ${kind}:${owner}`,
      })),
  );
}

interface Told {
  readonly kind: string;
  /** The customer, or the verification. */
  readonly owner: string;
  readonly count: number;
}

/** What there has to be in the ledger. */
function effectsToldOf({ type, data }: SeenEvent, owner: string): Told[] {
  switch (type) {
    case 'onboarding.activated.v1':
      return [{ kind: 'activation', owner, count: 1 }];
    case 'onboarding.verified.v1':
      return [{ kind: 'document', owner: String(data['verificationId']), count: Number(data['documents']) }];
    case 'onboarding.staffed.v1':
      return [
        { kind: 'employee', owner, count: Number(data['employees']) },
        { kind: 'director', owner, count: Number(data['directors']) },
        { kind: 'shareholder', owner, count: Number(data['shareholders']) },
      ];
    default:
      return [];
  }
}

function sharedCustomers({ byCustomer }: Book): Finding[] {
  return [...byCustomer]
    .filter(([, stories]) => stories.length > 1)
    .map(([customerId, stories]) => ({
      rule: 'adopted',
      sentence: `Customer ${customerId} belongs to several onboardings: ${stories.map(nameOf).join(', ')}.`,
    }));
}

/** A customer at FinHub of whom no event tells: only where a human or a command has been told so. */
function unknownCustomer(effect: SeenEffect, book: Book): Finding[] {
  if (!isRegistration(effect) || effect.objectIds.some((id) => book.byCustomer.has(id))) return [];
  const story = book.byEmail.get(emailOf(effect));
  const standing = story === undefined ? undefined : standingOf(story);
  if (standing !== undefined && isToldOf(standing.state)) return [];
  const whose = story === undefined ? 'nobody asked for' : `${nameOf(story)} does not know of`;
  const how = standing === undefined ? '' : `, which is ${tellStanding(standing)}`;
  return [
    {
      rule: 'unknown-customer',
      sentence: `FinHub has customer ${effect.objectIds.join(', ')}, whom ${whose}${how}.`,
    },
  ];
}

function untoldActivation({ key }: SeenEffect, { byCustomer }: Book): Finding[] {
  if (!key.startsWith('activation:')) return [];
  const customerId = key.slice('activation:'.length);
  const [story] = byCustomer.get(customerId) ?? [];
  if (story === undefined)
    return [
      {
        rule: 'untold-activation',
        sentence: `Customer ${customerId} is active at FinHub, and no event tells whose it is.`,
      },
    ];
  const standing = standingOf(story);
  if (standing.state === 'activated' || isToldOf(standing.state)) return [];
  const sentence = `${nameOf(story)} is active at FinHub as ${customerId}, and is ${tellStanding(standing)}.`;
  return [{ rule: 'untold-activation', sentence }];
}

/** Parked, a human looks; cancelled, the event says what remains. */
function isToldOf(state: string): boolean {
  return ['parked', 'paused', 'cancelled'].includes(state);
}

function customerOf({ events }: Story): string | undefined {
  const registered = events.find(({ type }) => type === 'onboarding.registered.v1');
  return registered?.data['customerId'] as string | undefined;
}
