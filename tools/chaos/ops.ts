import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { GatewayClient } from '#gateway-client/gateway-client.js';
import { GatewayAway, GatewayRefusal } from '#gateway-client/gateway-errors.js';
import type { PipelineAccess } from '../pipeline/pipeline.js';
import { gatewayOf } from '../start/submit.js';
import type { AcknowledgedCommand } from '../witness/seen.js';
import { done, failed, inVain, type Outcome } from './outcome.js';

/** How long the same is asked again until somebody answers. */
const patience = { triedForMs: 60_000 };
const parkedSchema = z.object({
  items: z.array(
    z.object({
      onboardingId: z.string(),
      step: z.string().optional(),
      isInDoubt: z.boolean().optional(),
    }),
  ),
});
/** Not there yet, erased, or too busy for a minute: such a no is no fault of whoever asks. */
const passingRefusals = [404, 409, 410, 429, 503];

/** An onboarding that waits for a human, and where it stopped. */
export type ParkedOnboarding = z.infer<typeof parkedSchema>['items'][number];

/** A command, with what it has besides its name. */
export type Asked = { readonly command: string } & Readonly<Record<string, unknown>>;

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

  /** Gives a command, the same one again until it is acknowledged. */
  give(onboardingId: string, asked: Asked): Promise<Outcome> {
    return outcomeOf(() => this.command(onboardingId, asked));
  }

  /** Puts another value into the vault and gives the command that applies it, as ops would to whoever is parked. */
  correct(onboardingId: string, pointer: string, value: string): Promise<Outcome> {
    return outcomeOf(async () => {
      const path = `/v1/ops/onboardings/${onboardingId}/corrections`;
      const { value: proposed } = await this.gateway.send(
        { method: 'POST', path, body: { pointer, value }, ...patience },
        z.object({ correctionId: z.string() }),
      );
      await this.command(onboardingId, { command: 'correct', pointer, ...proposed });
    });
  }

  /** The onboardings that wait for a human, by the tracker's word; none where nobody answers. */
  async parked(): Promise<readonly ParkedOnboarding[]> {
    const { items } = await this.gateway.get('/v1/ops/parked', parkedSchema).catch(() => ({ items: [] }));
    return items;
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

async function outcomeOf(give: () => Promise<void>): Promise<Outcome> {
  try {
    await give();
    return done('given');
  } catch (error) {
    if (error instanceof GatewayAway) return inVain('not answered');
    if (!(error instanceof GatewayRefusal)) throw error;
    const { status, code } = error.refusal;
    return (passingRefusals.includes(status) ? inVain : failed)(`refused with ${status} ${code}`);
  }
}
