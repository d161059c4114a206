import { z } from 'zod';
import type { GatewayClient } from '#gateway-client/gateway-client.js';
import { GatewayAway, GatewayRefusal, type Refusal } from '#gateway-client/gateway-errors.js';
import type { RequestLine } from './request-lines.js';

/** Which line, without what it asks for. */
export interface Place {
  readonly line: number;
  readonly requestId?: string;
  /** Whether the line was the request itself: pointers then point into the line. */
  readonly isBare: boolean;
}

/** `cut-off`: it was not answered, and no other would be now. */
type NotAccepted =
  | { readonly verdict: 'refused'; readonly why: Pick<Refusal, 'code' | 'detail' | 'errors'> }
  | { readonly verdict: 'failed' | 'cut-off'; readonly sentence: string };

/** What became of a line that was not accepted. */
export type Fault = Place & NotAccepted;

/** What became of a line. */
export type Outcome =
  Fault | (Place & { readonly verdict: 'accepted'; readonly onboardingId?: string | undefined });

const acceptedSchema = z.object({ onboardingId: z.string().optional() });
const triesMax = 8;
/** The key, its rights, or the gateway as a whole: the next line would get the same answer. */
const concernsAll = [401, 403, 429, 502, 503, 504];

/** Sends a line; tries again where the gateway is away or asks for it: the same request id is the same onboarding. */
export async function submitLine(
  gateway: GatewayClient,
  { number, content }: RequestLine,
  { isDryRun, onRetry }: { isDryRun: boolean; onRetry: () => void },
): Promise<Outcome> {
  if ('problem' in content) {
    const why = { code: 'malformed_json', detail: content.problem, errors: [] };
    return { line: number, isBare: false, verdict: 'refused', why };
  }
  const { requestId, request, isBare } = content;
  const place = { line: number, requestId, isBare };
  const path = `/v1/onboardings${isDryRun ? '?dryRun=true' : ''}`;
  const call = { method: 'POST', path, body: { requestId, request }, triesMax, onRetry } as const;
  try {
    const { value } = await gateway.send(call, acceptedSchema);
    return { ...place, verdict: 'accepted', ...value };
  } catch (error) {
    if (error instanceof GatewayAway) return { ...place, verdict: 'cut-off', sentence: error.message };
    if (error instanceof GatewayRefusal) return { ...place, ...verdictOf(error) };
    throw error;
  }
}

function verdictOf({ message, refusal }: GatewayRefusal): NotAccepted {
  if (concernsAll.includes(refusal.status)) return { verdict: 'cut-off', sentence: message };
  if (refusal.status >= 500) return { verdict: 'failed', sentence: message };
  return { verdict: 'refused', why: refusal };
}
