/** How many places tenants may take at once: those that have work here by name, everybody else the same number. */
export interface Shares {
  readonly free: number;
  readonly ofOthers: number;
  readonly ofTenant: Readonly<Record<string, number>>;
}

/** A quarter of the places is never given to tenants that are here already: it is kept for those who come. */
const usable = 0.75;

/**
 * The onboardings that a process works on at a time: a bounded number, shared out among the tenants that have work here. However
 * many of one tenant wait, and however slowly its calls are answered, another's onboarding finds a place.
 */
export class Places {
  private readonly taken = new Map<string, number>();
  private inUse = 0;

  /** `isHeldBack`: a tenant that may begin nothing now, since its calls wait for one another. */
  constructor(
    private readonly max: number,
    private readonly isHeldBack: (tenantId: string) => boolean = () => false,
  ) {}

  get free(): number {
    return this.max - this.inUse;
  }

  /** Takes a place for an onboarding of this tenant, if it may have one now. */
  take(tenantId: string): boolean {
    if (this.free <= 0 || this.shareOf(tenantId) <= 0) return false;
    this.add(tenantId);
    return true;
  }

  /** Takes a place that was counted on, by {@link shares}. */
  add(tenantId: string): void {
    this.taken.set(tenantId, (this.taken.get(tenantId) ?? 0) + 1);
    this.inUse += 1;
  }

  giveBack(tenantId: string): void {
    const left = (this.taken.get(tenantId) ?? 0) - 1;
    if (left > 0) this.taken.set(tenantId, left);
    else this.taken.delete(tenantId);
    this.inUse -= 1;
  }

  /** What each tenant may take now. */
  shares(): Shares {
    const ofTenant = Object.fromEntries([...this.taken.keys()].map((id) => [id, this.shareOf(id)]));
    return { free: this.free, ofOthers: this.capFor(this.taken.size + 1), ofTenant };
  }

  /** How many the tenant may have in all, as many tenants as have work here now. */
  capOf(tenantId: string): number {
    return this.capFor(this.taken.size + (this.taken.has(tenantId) ? 0 : 1));
  }

  private shareOf(tenantId: string): number {
    if (this.isHeldBack(tenantId)) return 0;
    return Math.max(this.capOf(tenantId) - (this.taken.get(tenantId) ?? 0), 0);
  }

  private capFor(tenants: number): number {
    return Math.ceil((this.max * usable) / tenants);
  }
}
