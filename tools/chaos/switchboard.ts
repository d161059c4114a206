import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { projectRoot } from '../local/project-root.js';
import type { Interference, Link } from '../pipeline/interference.js';
import { LinkProxy, type LinkState } from './proxy.js';

/** Who may start, which link is how, whose clock says what: everything that is done between the parts. */
export class Switchboard implements Interference {
  private readonly proxies = new Map<string, LinkProxy>();
  private readonly gates = new Map<string, { opened: Promise<void>; open: () => void }>();

  /** `directory` holds a file per clock. */
  constructor(private readonly directory: string) {
    rmSync(directory, { recursive: true, force: true });
    mkdirSync(directory, { recursive: true });
  }

  async detour({ from, to, port }: Link): Promise<number> {
    const proxy = await LinkProxy.listen({ port, deliversLate: to !== 'sandbox' });
    this.proxies.set(nameOf(from, to), proxy);
    return proxy.port;
  }

  async beforeStart(part: string): Promise<void> {
    await this.gates.get(part)?.opened;
  }

  environmentOf(part: string): Readonly<Record<string, string>> {
    const preload = pathToFileURL(join(projectRoot, 'tools', 'chaos', 'shifted-clock.mjs')).href;
    return { CHAOS_CLOCK_FILE: this.clockOf(part), NODE_OPTIONS: `--import ${preload}` };
  }

  /** Throws where the two have no link. */
  setLink(from: string, to: string, state: LinkState): void {
    this.proxyOf(from, to).set(state);
  }

  /** How often what is wrong with that link has met somebody. */
  struck(from: string, to: string): number {
    return this.proxyOf(from, to).struck;
  }

  /** From now on no process of this part is started; what runs goes on. */
  holdBack(part: string): void {
    if (this.gates.has(part)) return;
    let open = (): void => undefined;
    const opened = new Promise<void>((resolve) => (open = resolve));
    this.gates.set(part, { opened, open });
  }

  letStart(part: string): void {
    this.gates.get(part)?.open();
    this.gates.delete(part);
  }

  shiftClock(part: string, byMs: number): void {
    writeFileSync(this.clockOf(part), String(byMs));
  }

  /** All links open, all clocks right, everybody may start. */
  calm(): void {
    for (const proxy of this.proxies.values()) proxy.set('open');
    for (const part of [...this.gates.keys()]) this.letStart(part);
    rmSync(this.directory, { recursive: true, force: true });
    mkdirSync(this.directory, { recursive: true });
  }

  close(): void {
    for (const proxy of this.proxies.values()) proxy.close();
  }

  private proxyOf(from: string, to: string): LinkProxy {
    const proxy = this.proxies.get(nameOf(from, to));
    if (proxy === undefined) throw new Error(`There is no link from ${from} to ${to}.`);
    return proxy;
  }

  private clockOf(part: string): string {
    return join(this.directory, part);
  }
}

function nameOf(from: string, to: string): string {
  return `${from} ${to}`;
}
