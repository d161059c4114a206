import { sentenceOf, type RefusalCode } from '#contracts/reason-codes.js';
import { ProblemError } from '#platform/problem-details.js';

/** The problem to throw, with its code's sentence in the catalogue or a better one. */
export function problem(status: number, code: RefusalCode, detail?: string): ProblemError {
  return new ProblemError({ status, code, detail: detail ?? sentenceOf(code) });
}
