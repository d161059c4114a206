import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { GatewayClient } from '#gateway-client/gateway-client.js';
import { GatewayAway, GatewayRefusal } from '#gateway-client/gateway-errors.js';
import type { PipelineAccess } from '../pipeline/pipeline.js';
import { gatewayOf } from '../start/submit.js';
import type { AcknowledgedCommand } from '../witness/seen.js';

/** How long the same is asked again until somebody answers. */
const patience = { triedForMs: 60_000 };
const parkedSchema = z.object({ items: z.array(z.object({ onboardingId: z.string().optional() })) });

type Asked = { readonly command: string } & Readonly<Record<string, unknown>>;

/** Ops: gives commands by the gateway's API, and remembers those that were acknowledged. */
export class Ops {
  readonly given: AcknowledgedCommand[] = [];
  private readonly gateway: GatewayClient;

  /** `why` is what each command says of itself. */
  constructor(
    access: Pick<PipelineAccess, 'gatewayUrl' | 'apiKey'>,
    private readonly why = 'chaos',
  ) {
    this.gateway = gatewayOf(access);
  }

  /** Gives a command, the same one again until it is acknowledged; what the gateway told instead, where it said no. */
  give(onboardingId: string, command: string): Promise<string> {
    return toldInstead(() => this.command(onboardingId, { command }));
  }

  /** Puts another value into the vault and gives the command that applies it, as ops would to whoever is parked. */
  correct(onboardingId: string, pointer: string, value: string): Promise<string> {
    return toldInstead(async () => {
      const path = `/v1/ops/onboardings/${onboardingId}/corrections`;
      const { value: proposed } = await this.gateway.send(
        { method: 'POST', path, body: { pointer, value }, ...patience },
        z.object({ correctionId: z.string() }),
      );
      await this.command(onboardingId, { command: 'correct', pointer, ...proposed });
    });
  }

  /** The onboardings that wait for a human, by the tracker's word; none where nobody answers. */
  async parkedIds(): Promise<string[]> {
    const { items } = await this.gateway
      .get('/v1/ops/parked', parkedSchema)
      .catch(() => ({ items: [] as { onboardingId?: string }[] }));
    return items.flatMap(({ onboardingId }) => onboardingId ?? []);
  }

  async close(): Promise<void> {
    await this.gateway.close();
  }

  private async command(onboardingId: string, asked: Asked): Promise<void> {
    const commandId = randomUUID();
    const path = `/v1/ops/onboardings/${onboardingId}/commands`;
    const body = { ...asked, commandId, why: this.why };
    await this.gateway.send({ method: 'POST', path, body, ...patience }, z.unknown());
    this.given.push({ commandId, onboardingId, command: asked.command });
  }
}

async function toldInstead(give: () => Promise<void>): Promise<string> {
  try {
    await give();
    return 'given';
  } catch (error) {
    if (error instanceof GatewayRefusal) return `refused with ${error.refusal.status} ${error.refusal.code}`;
    if (error instanceof GatewayAway) return 'not answered';
    throw error;
  }
}
