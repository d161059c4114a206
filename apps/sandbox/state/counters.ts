/** How far back the counts per second go. */
const secondsMax = 600;

/** What was asked of one operation. */
export interface OperationCount {
  readonly requests: number;
  /** How many answers had each status; `0` is a connection that was cut or given up. */
  readonly byStatus: Readonly<Record<string, number>>;
}

/** How many requests came, per operation and per second and tenant, refused ones included. */
export class Counters {
  private readonly operations = new Map<string, { requests: number; byStatus: Record<string, number> }>();
  private readonly seconds = new Map<string, Map<number, number>>();

  /** Counts a request and gives how many this tenant has made in this second, this one included. */
  request(operation: string, tenantId: string, nowMs: number): number {
    this.operation(operation).requests += 1;
    const ofTenant = this.seconds.get(tenantId) ?? new Map<number, number>();
    this.seconds.set(tenantId, ofTenant);
    const second = Math.floor(nowMs / 1_000);
    const count = (ofTenant.get(second) ?? 0) + 1;
    ofTenant.set(second, count);
    if (ofTenant.size > secondsMax) ofTenant.delete(ofTenant.keys().next().value ?? second);
    return count;
  }

  answer(operation: string, status: number): void {
    const { byStatus } = this.operation(operation);
    byStatus[status] = (byStatus[status] ?? 0) + 1;
  }

  /** Everything counted; seconds are epoch seconds. */
  read(): {
    operations: Record<string, OperationCount>;
    requestsPerSecond: Record<string, Record<string, number>>;
  } {
    return {
      operations: Object.fromEntries(this.operations),
      requestsPerSecond: Object.fromEntries(
        [...this.seconds].map(([tenantId, counts]) => [tenantId, Object.fromEntries(counts)]),
      ),
    };
  }

  clear(): void {
    this.operations.clear();
    this.seconds.clear();
  }

  private operation(name: string) {
    let counted = this.operations.get(name);
    if (!counted) this.operations.set(name, (counted = { requests: 0, byStatus: {} }));
    return counted;
  }
}
