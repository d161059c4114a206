import { HttpStatus } from '@nestjs/common';
import { z } from 'zod';
import { sentenceOf } from '#contracts/reason-codes.js';
import type { ProblemField } from '#platform/problem-details.js';
import { refusal } from './refusal.js';

/**
 * Reads a body by its schema. Throws 422 `request_malformed` with every error and its pointer; no error quotes the body.
 */
export function readBody<Value>(schema: z.ZodType<Value>, body: unknown): Value {
  const read = schema.safeParse(body);
  if (read.success) return read.data;
  throw refusal(HttpStatus.UNPROCESSABLE_ENTITY, 'request_malformed', { errors: errorsOf(read.error) });
}

/** Reads path or query parameters. Throws 400 `parameter_invalid` with every error. */
export function readParameters<Value>(schema: z.ZodType<Value>, parameters: unknown): Value {
  const read = schema.safeParse(parameters);
  if (read.success) return read.data;
  throw refusal(HttpStatus.BAD_REQUEST, 'parameter_invalid', { errors: errorsOf(read.error) });
}

/** Every error of a schema, with its pointer and a stable code; none quotes the value. */
export function errorsOf(error: z.ZodError): ProblemField[] {
  return error.issues.flatMap((issue) => {
    const pointer = issue.path.map((segment) => `/${escaped(String(segment))}`).join('');
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => fieldError(`${pointer}/${escaped(key).slice(0, 100)}`, 'unknown_field'));
    return [fieldError(pointer, codeOf(issue))];
  });
}

function codeOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') return issue.input === undefined ? 'required' : 'wrong_type';
  if (issue.code === 'too_big') return 'too_long';
  if (issue.code === 'too_small') return 'too_short';
  if (issue.code === 'invalid_value' || issue.code === 'invalid_union') return 'not_allowed_value';
  return 'invalid_format';
}

function fieldError(pointer: string, code: string): ProblemField {
  return { pointer, code, message: sentenceOf(code) };
}

/** A key as a segment of a JSON pointer (RFC 6901). */
export function escaped(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** The parameters of a page. */
export const pageParameters = z
  .strictObject({
    limit: z.string().regex(/^[1-9][0-9]{0,2}$/u),
    cursor: z.string().min(1).max(1_000),
  })
  .partial();

/** Which page of a list is wanted, as the tracker takes it. */
export const pageSchema = pageParameters.transform((page) => page as Record<string, string>);
