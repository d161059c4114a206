import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { FinhubFault } from './action.js';

const triesMax = 20;
const pauseMs = 500;
const faultSchema = z.object({ id: z.string(), struck: z.int() });
const faultsSchema = z.object({ faults: z.array(faultSchema) });
const ledgerSchema = z.object({
  effects: z.array(z.object({ key: z.string(), objectIds: z.array(z.string()) })),
});

/** FinHub's sandbox is down: nobody answered for ten seconds. */
export class SandboxAway extends Error {}

/**
 * What the tool does to FinHub's sandbox, and sees of it: `/_sandbox`. A killed one has forgotten its faults, and may not
 * answer for a while. Rejects with {@link SandboxAway}, or with what it answered where that is a no.
 */
export class Sandbox {
  constructor(
    private readonly url: string,
    private readonly tenantId: string,
  ) {}

  /** Switches a fault on; resolves to its id. */
  async add(fault: FinhubFault): Promise<string> {
    return faultSchema.parse(await this.ask('POST', '/faults', fault)).id;
  }

  /** Switches a fault off; resolves to how often it struck, `undefined` where it has been forgotten. */
  async takeAway(id: string): Promise<number | undefined> {
    const { faults } = faultsSchema.parse(await this.ask('GET', '/faults'));
    const struck = faults.find((fault) => fault.id === id)?.struck;
    if (struck !== undefined) await this.ask('DELETE', `/faults/${id}`);
    return struck;
  }

  /** Switches all faults off. */
  async clear(): Promise<void> {
    await this.ask('DELETE', '/faults');
  }

  /** The customer with that e-mail, as FinHub's own book has it. */
  customerOf(email: string): Promise<string | undefined> {
    return this.made(`register:${this.tenantId}:${email.toLowerCase()}`);
  }

  verificationOf(customerId: string): Promise<string | undefined> {
    return this.made(`verification:${customerId}`);
  }

  /** What the effect with that key has made. */
  private async made(key: string): Promise<string | undefined> {
    const { effects } = ledgerSchema.parse(
      await this.ask('GET', `/ledger?prefix=${encodeURIComponent(key)}`),
    );
    return effects.find((effect) => effect.key === key)?.objectIds[0];
  }

  private async ask(method: string, path: string, body?: object): Promise<unknown> {
    for (let tries = 1; tries <= triesMax; tries += 1) {
      const answer = await fetch(`${this.url}/_sandbox${path}`, {
        method,
        headers: { 'content-type': 'application/json' },
        body: body === undefined ? null : JSON.stringify(body),
      })
        .then(async (its) => ({ status: its.status, text: await its.text() }))
        .catch(() => undefined);
      if (answer !== undefined) return readAnswer(answer);
      await delay(pauseMs);
    }
    throw new SandboxAway('the sandbox does not answer');
  }
}

function readAnswer({ status, text }: { status: number; text: string }): unknown {
  if (status >= 400) throw new Error(`The sandbox answered ${status}: ${text}`);
  return JSON.parse(text) as unknown;
}
