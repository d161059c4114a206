import type { Answer } from './answer.js';

/** One field of a body that is wrong. */
export interface FieldFault {
  readonly field: string;
  readonly message: string;
}

/** What a refusal carries beside its sentence; `error` is stable, upper snake (U22). */
export interface RefusalData {
  readonly error: string;
  readonly [more: string]: unknown;
}

/** A no of FinHub, in the form of b.5. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly data: RefusalData,
  ) {
    super(message);
    this.name = 'Refusal';
  }

  /** The envelope that says it. */
  get answer(): Answer {
    return { code: this.status, message: this.message, data: this.data };
  }
}

/** 400 with every field that is wrong. */
export function invalid(errors: readonly FieldFault[]): Refusal {
  return new Refusal(400, 'Request validation failed', { error: 'VALIDATION_FAILED', errors });
}

/** Throws {@link invalid} where there is a fault. */
export function refuseInvalid(errors: readonly FieldFault[]): void {
  if (errors.length > 0) throw invalid(errors);
}

/** 400 for a header, a role or a value that is no field of a form. */
export function badRequest(error: string, message: string, more: Record<string, unknown> = {}): Refusal {
  return new Refusal(400, message, { error, ...more });
}

/** 401: the client logs in again. */
export function unauthorized(details: string): Refusal {
  return new Refusal(401, 'Unauthorized', { error: 'UNAUTHORIZED', details });
}

/** 403: another tenant, or a role that may not. */
export function forbidden(error: string, details: string): Refusal {
  return new Refusal(403, 'Access denied', { error, details });
}

/** 404 for what this tenant does not have. */
export function notFound(what: string): Refusal {
  return new Refusal(404, `${what} not found`, { error: 'NOT_FOUND', details: `${what} not found` });
}

/** 409: there is one already, or its state allows no more. */
export function conflict(error: string, details: string, more: Record<string, unknown> = {}): Refusal {
  return new Refusal(409, 'Conflict', { error, details, ...more });
}

/** 422: an earlier step is not done; `missingStep` names it (U35). */
export function outOfOrder(missingStep: string, details: string): Refusal {
  return new Refusal(422, 'A prerequisite is not met', { error: 'STEP_OUT_OF_ORDER', missingStep, details });
}

/** 422: a rule of the business. */
export function against(error: string, details: string, more: Record<string, unknown> = {}): Refusal {
  return new Refusal(422, 'Business rule violated', { error, details, ...more });
}
