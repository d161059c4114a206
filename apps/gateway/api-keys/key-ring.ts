import type { KeyObject } from 'node:crypto';
import type { Clock } from '#platform/clock.js';
import { isKeyOf, pepperOf, prefixOf, type ApiKey } from './api-key.js';
import type { ApiKeyStore } from './api-key-store.js';

interface Entry {
  readonly found: { readonly key: ApiKey; readonly hash: Buffer } | undefined;
  readonly expiresAtMs: number;
}

const cacheMs = 30_000;
const entriesMax = 10_000;

/**
 * Tells whose a presented key is. Looks a prefix up at most once in 30 seconds, so a revoked key works that much longer in
 * other replicas; the secret itself is checked every time, in constant time.
 */
export class KeyRing {
  private readonly entries = new Map<string, Entry>();
  private readonly pepper: Buffer;

  constructor(
    private readonly store: Pick<ApiKeyStore, 'find' | 'markUsed'>,
    private readonly clock: Clock,
    vaultHashKey: KeyObject,
  ) {
    this.pepper = pepperOf(vaultHashKey);
  }

  /** The key's owner; `undefined` for a key that is malformed, unknown, wrong or revoked. */
  async identify(text: string): Promise<ApiKey | undefined> {
    const prefix = prefixOf(text);
    if (prefix === undefined) return undefined;
    const cached = this.cachedEntry(prefix);
    const { found } = cached ?? (await this.lookUp(prefix));
    if (found === undefined || found.key.revokedAt !== null) return undefined;
    if (!isKeyOf(text, found.hash, this.pepper)) return undefined;
    if (cached === undefined) await this.store.markUsed(prefix);
    return found.key;
  }

  /** Forgets what was looked up: a key was revoked here. */
  forgetAll(): void {
    this.entries.clear();
  }

  private cachedEntry(prefix: string): Entry | undefined {
    const entry = this.entries.get(prefix);
    return entry !== undefined && entry.expiresAtMs > this.clock.monotonicMs() ? entry : undefined;
  }

  private async lookUp(prefix: string): Promise<Entry> {
    const entry = { found: await this.store.find(prefix), expiresAtMs: this.clock.monotonicMs() + cacheMs };
    // Unknown prefixes are kept too, so a bound is needed; starting over is simpler than counting who is oldest.
    if (this.entries.size >= entriesMax) this.entries.clear();
    this.entries.set(prefix, entry);
    return entry;
  }
}
