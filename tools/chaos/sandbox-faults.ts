import { setTimeout as delay } from 'node:timers/promises';
import type { FinhubFault } from './action.js';

const triesMax = 20;

/** Switches faults of FinHub's sandbox on and off. A killed sandbox has forgotten them, and may not answer for a while. */
export class SandboxFaults {
  constructor(private readonly sandboxUrl: string) {}

  /** Resolves to the fault's id; `undefined` where the sandbox does not answer. */
  async add(fault: FinhubFault): Promise<string | undefined> {
    const answer = await this.send('POST', '', fault);
    return answer === undefined ? undefined : ((await answer.json()) as { id: string }).id;
  }

  async remove(id: string): Promise<void> {
    await this.send('DELETE', `/${id}`);
  }

  async clear(): Promise<void> {
    await this.send('DELETE', '');
  }

  private async send(method: string, path: string, body?: object): Promise<Response | undefined> {
    for (let tries = 1; tries <= triesMax; tries += 1) {
      try {
        return await fetch(`${this.sandboxUrl}/_sandbox/faults${path}`, {
          method,
          headers: { 'content-type': 'application/json' },
          body: body === undefined ? null : JSON.stringify(body),
        });
      } catch {
        await delay(500);
      }
    }
    return undefined;
  }
}
