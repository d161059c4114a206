/** What FinHub answers: the normative envelope (b.4), and what some calls add to it. */
export interface Answer {
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
  readonly [extra: string]: unknown;
}

/** A success in the envelope of b.4; creation answers 200 too (U2). */
export function answer(data: unknown, message = 'Success'): Answer {
  return { code: 200, message, data };
}
