import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import type { Fault, faultSchema } from './fault.js';
import { seededRandom } from './random.js';

/** What a fault's `endpoint` is held against. */
export interface FaultTarget {
  /** Operation id, or `webhook:<event type>`. */
  readonly operation: string;
  /** `POST /api/v2.1/...`, as requested; empty for webhooks. */
  readonly route: string;
  readonly tenantId: string;
  /** The e-mail of the customer that it is about, in lower case. */
  readonly applicant?: string | undefined;
}

/** The faults that are switched on; the oldest that fits strikes. */
export class Faults {
  private faults: { fault: Fault; fits: (target: FaultTarget) => boolean }[] = [];
  private random: () => number;

  constructor(private readonly seed: string) {
    this.random = seededRandom(seed);
  }

  add(wanted: z.output<typeof faultSchema>): Fault {
    const fault: Fault = { ...wanted, id: randomUUID(), struck: 0 };
    this.faults.push({ fault, fits: matcherOf(wanted.endpoint) });
    return fault;
  }

  /** The fault that strikes this call, if any; it is counted as struck. */
  take(target: FaultTarget): Fault | undefined {
    if (this.faults.length === 0) return undefined;
    for (const { fault, fits } of this.faults) {
      if (fault.times !== undefined && fault.struck >= fault.times) continue;
      if (!isMeant(fault.tenantId, target.tenantId) || !isMeant(fault.applicant, target.applicant)) continue;
      if (!fits(target) || (fault.probability < 1 && this.random() >= fault.probability)) continue;
      fault.struck += 1;
      return fault;
    }
    return undefined;
  }

  /** All of them, those that have struck often enough included. */
  all(): Fault[] {
    return this.faults.map(({ fault }) => fault);
  }

  remove(id: string): boolean {
    const before = this.faults.length;
    this.faults = this.faults.filter(({ fault }) => fault.id !== id);
    return this.faults.length < before;
  }

  /** Switches all off and starts the randomness over. */
  clear(): void {
    this.faults = [];
    this.random = seededRandom(this.seed);
  }
}

/** A fault that names nobody is meant for all. */
function isMeant(named: string | undefined, concerned: string | undefined): boolean {
  return named === undefined || named === concerned;
}

function matcherOf(endpoint: string): (target: FaultTarget) => boolean {
  if (endpoint === '*') return ({ operation }) => !operation.startsWith('webhook:');
  if (endpoint === 'webhook:*') return ({ operation }) => operation.startsWith('webhook:');
  if (!endpoint.includes(' ')) return ({ operation }) => operation === endpoint;
  const pattern = endpoint
    .replaceAll(/[.+?^$()[\]\\|]/gu, String.raw`\$&`)
    .replaceAll(/\{[^}]*\}|:[A-Za-z]+/gu, '*')
    .replaceAll('**', '\0')
    .replaceAll('*', '[^/ ]+')
    .replaceAll('\0', '.*');
  const expression = new RegExp(`^${pattern}$`, 'u');
  return ({ route }) => expression.test(route);
}
