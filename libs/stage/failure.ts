/**
 * What a failed call means (the design's four kinds). An error of any client counts as a failure if it has these fields:
 * the runtime knows no client.
 *
 * - `not-done`: surely without effect, try later. - `unknown-outcome`: nobody knows. - `rejected`: a final business no.
 * - `misconfigured`: a human mends our set-up or a value, and it goes on.
 */
export type FailureKind = 'not-done' | 'unknown-outcome' | 'rejected' | 'misconfigured';

export interface Failure {
  readonly kind: FailureKind;
  /** A stable reason code. */
  readonly code: string;
  readonly status?: number | undefined;
  readonly retryAfterMs?: number | undefined;
  /** Masked by who made it: it goes into events. */
  readonly excerpt?: string | undefined;
}

const kinds: readonly string[] = ['not-done', 'unknown-outcome', 'rejected', 'misconfigured'];

/** The failure in an error; undefined for an error that is none (a mistake in our own code). */
export function failureOf(error: unknown): Failure | undefined {
  if (!(error instanceof Error)) return undefined;
  const { kind, code, status, retryAfterMs, excerpt } = error as Error & Partial<Failure>;
  if (typeof kind !== 'string' || !kinds.includes(kind) || typeof code !== 'string') return undefined;
  return { kind, code, status, retryAfterMs, excerpt };
}

/** A failure that a stage's own code throws: "the documents are not there and never will be". */
export class StepFailure extends Error implements Failure {
  constructor(
    readonly kind: FailureKind,
    readonly code: string,
  ) {
    super(`${kind}: ${code}`);
  }
}

/** What is missing, unknown, taken or refused is this applicant's: others' calls are answered otherwise. */
const applicantCodes = new Set([
  'prerequisite_missing',
  'not_found',
  'conflict',
  'person_exists',
  'request_refused',
]);

/** The endpoint works: it had this to say. */
export function isAboutTheApplicant({ kind, code }: Failure): boolean {
  return kind === 'rejected' || applicantCodes.has(code);
}
