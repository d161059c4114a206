import { Ledger } from '../ledger.js';
import type { AcknowledgedRequest, Finding, SeenEffect } from '../seen.js';
import { standingOf } from '../standing.js';
import type { Story } from '../story.js';
import { nameOf } from './ends.js';

/** How many effects of a kind were asked for, and how many there are. */
interface Numbers {
  readonly kind: string;
  readonly asked: number;
  readonly done: number;
}

/** Who is activated has at FinHub exactly what the acknowledged request asked for: no event of ours is believed. */
export function judgeNumbers(stories: readonly Story[], effects: readonly SeenEffect[]): Finding[] {
  const ledger = new Ledger(effects);
  return stories.flatMap((story) => {
    const { request } = story;
    if (request?.email === undefined || standingOf(story).state !== 'activated') return [];
    return numbersOf(request, ledger)
      .filter((numbers) => !isRight(numbers, request))
      .map(({ kind, asked, done }) => ({
        rule: 'wrong-number',
        sentence: `${nameOf(story)} is activated; of ${kind} ${asked} had to be at FinHub, and ${done} are.`,
      }));
  });
}

function numbersOf({ email = '', asked }: AcknowledgedRequest, ledger: Ledger): Numbers[] {
  const customers = ledger.customersOf(email);
  const [customer = ''] = customers;
  const [verification = ''] = ledger.of('verification', customer).flatMap(({ objectIds }) => objectIds);
  const { document, ...ofCustomer } = { verification: 1, activation: 1, ...asked };
  return [
    { kind: 'register', asked: 1, done: customers.length },
    { kind: 'document', asked: document, done: ledger.count('document', verification) },
    ...Object.entries(ofCustomer).map(([kind, number]) => ({
      kind,
      asked: number,
      done: ledger.count(kind, customer),
    })),
  ];
}

function isRight(
  { kind, asked, done }: Numbers,
  { isDecidedByFinhub = false }: AcknowledgedRequest,
): boolean {
  return done === asked || (kind === 'document' && isDecidedByFinhub && done > 0 && done < asked);
}
