import type { OnboardingRequest } from '#contracts/request.js';
import { chooseCategory, type Category } from '#finhub-client/categories.js';
import type { FinhubClient } from '#finhub-client/client.js';
import { systemClock, type Clock } from '#platform/clock.js';
import type { Call } from '#stage/steps.js';

const keptMs = 5 * 60_000;

interface Kept {
  readonly categories: readonly Category[];
  readonly untilMs: number;
}

/** FinHub's categories, asked for once per tenant and five minutes: they are the tenant's set-up and seldom change. */
export class Categories {
  private readonly kept = new Map<string, Kept>();

  constructor(
    private readonly finhub: FinhubClient,
    private readonly clock: Clock = systemClock,
  ) {}

  /** The category for the request; `null` where FinHub has none that fits. */
  async choose(tenantId: string, request: OnboardingRequest, call: Call): Promise<Category | null> {
    const known = this.kept.get(tenantId);
    const found = known && chooseCategory(known.categories, request.kind, request.categoryName);
    if (known && found && this.clock.monotonicMs() < known.untilMs) return found;
    const categories = await this.finhub.tenant(tenantId).categories(call);
    this.kept.set(tenantId, { categories, untilMs: this.clock.monotonicMs() + keptMs });
    return chooseCategory(categories, request.kind, request.categoryName) ?? null;
  }

  /** FinHub has refused one of them: they are asked for anew. */
  forget(tenantId: string): void {
    this.kept.delete(tenantId);
  }
}
