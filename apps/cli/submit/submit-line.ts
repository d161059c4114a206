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

/** How to send a line. */
interface Sending {
  readonly isDryRun: boolean;
  /** Whose request it is; a key of every tenant has to name it. */
  readonly tenant: string | undefined;
  readonly onRetry: () => void;
}

/** Sends a line; tries again where the gateway is away or asks for it: the same request id is the same onboarding. */
export async function submitLine(
  gateway: GatewayClient,
  { number, content }: RequestLine,
  { isDryRun, tenant, onRetry }: Sending,
): Promise<Outcome> {
  if ('problem' in content) {
    const why = { code: 'malformed_json', detail: content.problem, errors: [] };
    return { line: number, isBare: false, verdict: 'refused', why };
  }
  const { requestId, request, isBare } = content;
  const place = { line: number, requestId, isBare };
  const path = pathOf(isDryRun, tenant);
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

function pathOf(isDryRun: boolean, tenant: string | undefined): string {
  const query = new URLSearchParams({
    ...(isDryRun && { dryRun: 'true' }),
    ...(tenant !== undefined && { tenantId: tenant }),
  });
  return `/v1/onboardings${query.size > 0 ? `?${query.toString()}` : ''}`;
}

function verdictOf({ message, refusal }: GatewayRefusal): NotAccepted {
  const isOfAll = concernsAll.includes(refusal.status) || refusal.code === 'parameter_invalid';
  if (isOfAll) return { verdict: 'cut-off', sentence: message };
  if (refusal.status >= 500) return { verdict: 'failed', sentence: message };
  return { verdict: 'refused', why: refusal };
}
