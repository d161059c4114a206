import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { GatewayClient } from '#gateway-client/gateway-client.js';
import { GatewayRefusal, type Refusal } from '#gateway-client/gateway-errors.js';
import type { PipelineAccess } from '../pipeline/pipeline.js';
import type { RequestLine } from './requests-file.js';

/** What the gateway made of a request. */
export type Submitted =
  | { readonly verdict: 'admitted'; readonly onboardingId: string; readonly isNew: boolean }
  /** `isInvalid`: it breaks our rules. `reason` is a code, where there are errors with the first of them. */
  | { readonly verdict: 'refused'; readonly isInvalid: boolean; readonly reason: string };

const patience = { triedForMs: 60_000 };
/** A 500 is told, not tried again: it is a fault of ours. */
const isPassing = (status: number): boolean => status === 429 || status === 503;
const admittedSchema = z.object({ onboardingId: z.string() });

/** What passes by itself (no connection, 429, 503) is tried again for a minute: hundreds who wait must not keep it from coming back. */
export function gatewayOf(
  { gatewayUrl: url, apiKey }: Pick<PipelineAccess, 'gatewayUrl' | 'apiKey'>,
  stopped = new AbortController().signal,
): GatewayClient {
  const wait = (ms: number): Promise<void> =>
    delay(ms, undefined, { signal: stopped }).catch(() => undefined);
  const waiting = { wait, stopped, monotonicMs: () => performance.now() };
  return new GatewayClient({ url, apiKey }, waiting, { isPassing, reads: patience });
}

/**
 * Submits a request; a repeat of the same one is admitted without doing anything again. Throws when there was no answer, or
 * none but "later", for a minute.
 */
export async function submit(
  gateway: GatewayClient,
  { requestId, request }: RequestLine,
): Promise<Submitted> {
  const call = {
    method: 'POST',
    path: '/v1/onboardings',
    body: { requestId, request },
    ...patience,
  } as const;
  try {
    const { status, value } = await gateway.send(call, admittedSchema);
    return { verdict: 'admitted', onboardingId: value.onboardingId, isNew: status === 202 };
  } catch (error) {
    if (!(error instanceof GatewayRefusal) || isPassing(error.refusal.status)) throw error;
    return { verdict: 'refused', isInvalid: error.refusal.status === 422, reason: reasonOf(error.refusal) };
  }
}

function reasonOf({ code, errors }: Refusal): string {
  const [first, ...others] = errors;
  if (first === undefined) return code;
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  return `${first.code} at ${first.pointer || '/'}${more}`;
}
