/** A login that has not been ended. */
export interface Session {
  readonly id: string;
  readonly tenantId: string;
  readonly userId: string;
  /** The organization for an admin, else the customer (b.2). */
  readonly customerId: string;
  readonly userType: 'ADMIN' | 'CONSUMER';
  readonly roles: readonly string[];
  readonly refreshToken: string;
  /** Epoch milliseconds; the JWT ends much earlier (U19). */
  readonly endsAt: number;
}
