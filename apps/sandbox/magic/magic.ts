import type { Call } from '../http/call.js';
import { NeverAnswered } from '../http/never-answered.js';
import { conflict, Refusal } from '../http/refusal.js';
import type { Customer } from '../state/customer.js';
import type { MagicTag } from './magic.rules.js';

/** How often `rate-limited` and `error-500` strike. */
const strikes = 2;

/** Does what the tags of an applicant ask for, and remembers what it has done already. */
export class Magic {
  private readonly done = new Map<string, number>();

  /** Called before a registration has any effect; throws instead of it. */
  beforeRegistration(tenantId: string, email: string, tags: readonly MagicTag[]): void {
    const who = `${tenantId}:${email}`;
    if (tags.includes('conflict')) throw conflict('DUPLICATE_EMAIL', 'A customer with this e-mail exists');
    if (this.strikes(who, 'rate-limited', tags, strikes))
      throw new Refusal(429, 'Too many requests', { error: 'RATE_LIMITED', retryAfterSeconds: 1 });
    if (this.strikes(who, 'error-500', tags, strikes))
      throw new Refusal(500, 'Internal server error', { error: 'INTERNAL_ERROR' });
    if (this.strikes(who, 'hang', tags, 1)) throw new NeverAnswered();
  }

  /** Called after an effect on a customer: cuts the answer off, once, if one of `wanted` is among its tags. */
  afterEffect(call: Call, customer: Pick<Customer, 'id' | 'tags'>, ...wanted: MagicTag[]): void {
    for (const tag of wanted) if (this.strikes(customer.id, tag, customer.tags, 1)) call.isAnswerLost = true;
  }

  forget(): void {
    this.done.clear();
  }

  private strikes(who: string, tag: MagicTag, tags: readonly MagicTag[], timesMax: number): boolean {
    if (!tags.includes(tag)) return false;
    const times = this.done.get(`${who}:${tag}`) ?? 0;
    if (times >= timesMax) return false;
    this.done.set(`${who}:${tag}`, times + 1);
    return true;
  }
}
