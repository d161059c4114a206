import type { Call } from '../http/call.js';
import { NeverAnswered } from '../http/by-hand.js';
import { conflict, Refusal } from '../http/refusal.js';
import type { Customer } from '../state/customer.js';
import type { MagicTag } from './magic.rules.js';

/** How often `rate-limited` and `error-500` strike. */
const strikes = 2;

type Tagged = Pick<Customer, 'id' | 'tags'>;

/** Does what the tags of an applicant ask for, and remembers what it has done already. */
export class Magic {
  private readonly done = new Map<string, number>();

  /** Called before a registration has any effect; throws instead of it. */
  beforeRegistration(tenantId: string, email: string, tags: readonly MagicTag[]): void {
    const applicant = { id: `${tenantId}:${email}`, tags };
    if (tags.includes('conflict')) throw conflict('DUPLICATE_EMAIL', 'A customer with this e-mail exists');
    if (this.strikes(applicant, 'rate-limited', strikes))
      throw new Refusal(429, 'Too many requests', { error: 'RATE_LIMITED', retryAfterSeconds: 1 });
    if (this.strikes(applicant, 'error-500', strikes))
      throw new Refusal(500, 'Internal server error', { error: 'INTERNAL_ERROR' });
    if (this.strikes(applicant, 'hang', 1)) throw new NeverAnswered();
  }

  /** Called after an effect on a customer: cuts the answer off, once, if one of `wanted` is among its tags. */
  afterEffect(call: Call, customer: Tagged, ...wanted: MagicTag[]): void {
    for (const tag of wanted) if (this.strikes(customer, tag, 1)) call.isAnswerLost = true;
  }

  forget(): void {
    this.done.clear();
  }

  private strikes({ id, tags }: Tagged, tag: MagicTag, timesMax: number): boolean {
    if (!tags.includes(tag)) return false;
    const times = this.done.get(`${id}:${tag}`) ?? 0;
    if (times >= timesMax) return false;
    this.done.set(`${id}:${tag}`, times + 1);
    return true;
  }
}
