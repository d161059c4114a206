import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { PipelineAccess } from '../pipeline/pipeline.js';
import type { AcknowledgedCommand } from '../witness/seen.js';

const triesMax = 60;
const pauseMs = 500;

/** Ops: gives commands by the gateway's API, and remembers those that were acknowledged. */
export class Ops {
  readonly given: AcknowledgedCommand[] = [];

  constructor(private readonly access: Pick<PipelineAccess, 'gatewayUrl' | 'apiKey'>) {}

  /** Gives a command, the same one again until it is acknowledged; what the gateway told instead, where it said no. */
  async give(onboardingId: string, command: string): Promise<string> {
    const commandId = randomUUID();
    const body = { command, commandId, why: 'chaos' };
    for (let tries = 1; tries <= triesMax; tries += 1) {
      const answer = await this.send('POST', `/v1/ops/onboardings/${onboardingId}/commands`, body);
      if (answer?.status === 202) {
        this.given.push({ commandId, onboardingId, command });
        return 'given';
      }
      const isPassing = answer === undefined || answer.status === 429 || answer.status >= 500;
      if (!isPassing) return `refused with ${answer.status}`;
      await delay(pauseMs);
    }
    return 'not answered';
  }

  /** The onboardings that wait for a human, by the tracker's word. */
  async parkedIds(): Promise<string[]> {
    const answer = await this.send('GET', '/v1/ops/parked');
    if (answer?.status !== 200) return [];
    const { items } = answer.body as { items: { onboardingId?: string }[] };
    return items.flatMap(({ onboardingId }) => onboardingId ?? []);
  }

  private async send(
    method: string,
    path: string,
    body?: object,
  ): Promise<{ status: number; body: unknown } | undefined> {
    const { gatewayUrl, apiKey } = this.access;
    try {
      const response = await fetch(`${gatewayUrl}${path}`, {
        method,
        headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
        body: body === undefined ? null : JSON.stringify(body),
        signal: AbortSignal.timeout(15_000),
      });
      return { status: response.status, body: await response.json() };
    } catch {
      return undefined;
    }
  }
}
