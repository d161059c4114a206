import type { OnboardingRequest } from '#contracts/request.js';
import { chooseCategory, type Category } from '#finhub-client/categories.js';
import type { FinhubClient } from '#finhub-client/client.js';
import { unlessGivenUp } from '#finhub-client/unless-given-up.js';
import { systemClock, type Clock } from '#platform/clock.js';
import type { Call } from '#stage/steps.js';

const keptMs = 5 * 60_000;

interface Kept {
  readonly categories: readonly Category[];
  readonly untilMs: number;
}

/**
 * FinHub's categories, asked for once per tenant and five minutes, however many wait for them: they are the tenant's set-up
 * and seldom change. What fails is not kept.
 */
export class Categories {
  private readonly kept = new Map<string, Kept>();
  private readonly asked = new Map<string, Promise<readonly Category[]>>();

  constructor(
    private readonly finhub: FinhubClient,
    private readonly clock: Clock = systemClock,
  ) {}

  /** The category for the request; `null` where FinHub has none that fits. */
  async choose(tenantId: string, request: OnboardingRequest, call: Call): Promise<Category | null> {
    const known = this.kept.get(tenantId);
    const found = known && chooseCategory(known.categories, request.kind, request.categoryName);
    if (known && found && this.clock.monotonicMs() < known.untilMs) return found;
    const categories = await unlessGivenUp(this.ask(tenantId), call, 'getCategories');
    return chooseCategory(categories, request.kind, request.categoryName) ?? null;
  }

  /** FinHub has refused one of them: they are asked for anew. */
  forget(tenantId: string): void {
    this.kept.delete(tenantId);
  }

  private ask(tenantId: string): Promise<readonly Category[]> {
    const asked =
      this.asked.get(tenantId) ?? this.askOnce(tenantId).finally(() => this.asked.delete(tenantId));
    this.asked.set(tenantId, asked);
    return asked;
  }

  /** Everybody's question: no single caller's time limit ends it. */
  private async askOnce(tenantId: string): Promise<readonly Category[]> {
    const categories = await this.finhub.tenant(tenantId).categories();
    this.kept.set(tenantId, { categories, untilMs: this.clock.monotonicMs() + keptMs });
    return categories;
  }
}
