import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { z } from 'zod';
import { identifier } from '#contracts/envelope.js';
import { everyTenant } from '../database.js';
import type { Page, PageEnd } from '../reads.js';
import { trackedStates } from '../standing.rules.js';
import { problem } from './problem.js';

/** Whose rows are asked for: the header `x-tenant-id`, `*` for ops. 400 where it is missing: nobody sees all by accident. */
export const Tenant = createParamDecorator((_data: unknown, context: ExecutionContext): string => {
  const { 'x-tenant-id': tenant } = context.switchToHttp().getRequest<Request>().headers;
  if (tenant === everyTenant) return everyTenant;
  const read = identifier.safeParse(tenant);
  if (read.success) return read.data;
  throw problem(400, 'header_invalid', 'Send `x-tenant-id` with a tenant id, or `*` for all tenants.');
});

const pageLimitMax = 500;
const defaultLimit = 50;

/** An event's id, or a dead letter's: whatever its publisher chose, but for what Postgres cannot store. */
export const recordIdSchema = z.string().regex(/^[^\0]{1,200}$/u);
/** As {@link nextCursor} writes it. Postgres knows no year 0. */
const pageEnd = z.object({ at: z.iso.datetime({ precision: 3 }).regex(/^(?!0000)/u), id: recordIdSchema });
/** A place in a list, opaque to the caller. */
const cursor = z
  .string()
  .max(1_000)
  .transform((text, context): PageEnd => {
    const [at, ...id] = Buffer.from(text, 'base64url').toString().split('\n');
    const end = pageEnd.safeParse({ at, id: id.join('\n') });
    if (end.success) return end.data;
    context.addIssue('no cursor');
    return z.NEVER;
  });
const page = {
  limit: z.coerce.number().int().min(1).max(pageLimitMax).default(defaultLimit),
  cursor: cursor.optional(),
};

/** Which part of a list. */
export const pageSchema = z.strictObject(page);

/** A place in a list of onboardings. */
export const onboardingsSchema = z.strictObject({
  ...page,
  cursor: cursor.refine(({ id }) => z.uuid().safeParse(id).success).optional(),
  requestId: identifier.optional(),
  state: z.enum(trackedStates).optional(),
  stage: identifier.optional(),
});

/** An id in a path. */
export const idSchema = z.uuid();

/** Reads parameters by their schema; 400 that names those that are wrong. */
export function read<Value>(schema: z.ZodType<Value>, given: unknown): Value {
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const names = result.error.issues.map((issue) => issue.path.join('.') || 'the id or a parameter');
  throw problem(400, 'parameter_invalid', `Mend ${[...new Set(names)].join(', ')}.`);
}

/** A page as it is answered: `nextCursor` is there where more follows. */
export function answer<Item>({ items, end }: Page<Item>): { items: readonly Item[]; nextCursor?: string } {
  return { items, ...nextCursor(end) };
}

/** The cursor that continues after `end`. */
export function nextCursor(end: PageEnd | undefined): { nextCursor?: string } {
  return end === undefined ? {} : { nextCursor: Buffer.from(`${end.at}\n${end.id}`).toString('base64url') };
}
