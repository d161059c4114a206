/** A call that kept the contract's form, refused or not. */
export interface LoggedRequest {
  readonly operation: string;
  /** When it came; epoch milliseconds. */
  readonly at: number;
  /** The e-mail of the customer that it is about, in lower case. */
  readonly applicant: string | undefined;
}

const keptMax = 20_000;

/** The newest 20,000 calls, oldest first. */
export class RequestLog {
  private kept: LoggedRequest[] = [];

  add(request: LoggedRequest): void {
    this.kept.push(request);
    // Cut rarely, and then by half: a shift for each call would cost its length.
    if (this.kept.length >= 2 * keptMax) this.kept = this.kept.slice(-keptMax);
  }

  /** Of one applicant where one is named. */
  read(applicant?: string): LoggedRequest[] {
    const newest = this.kept.slice(-keptMax);
    return applicant === undefined ? newest : newest.filter((request) => request.applicant === applicant);
  }

  clear(): void {
    this.kept = [];
  }
}
