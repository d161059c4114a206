import { createHash, randomBytes } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { GatewayAccess } from '#gateway-client/gateway-client.js';
import type { TenantOption } from '../option-values.js';
import { Failure } from '../surroundings.js';

/**
 * Remembers which lines of a file were accepted by a gateway for an API key, and for the tenant where one was named, so that a
 * submission that was cut off goes on where it was. It lies in `.onboarding/submit/`, holds keyed digests only, and goes away
 * when all lines have been answered.
 */
export class ProgressFile {
  private readonly path: string;
  private readonly accepted: Set<string>;

  /** Throws {@link Failure} where nothing can be kept in the folder. */
  constructor(folder: string, file: string, { url, apiKey, tenant }: GatewayAccess & TenantOption) {
    const submission = [resolve(file), url, apiKey, ...(tenant === undefined ? [] : [tenant])];
    const name = createHash('sha256').update(submission.join('\n')).digest('hex').slice(0, 16);
    this.path = join(folder, `${basename(file).slice(0, 80)}.${name}`);
    try {
      mkdirSync(folder, { recursive: true });
      appendFileSync(this.path, '');
      this.accepted = new Set(readFileSync(this.path, 'utf8').split('\n').filter(Boolean));
    } catch {
      throw new Failure(`Progress cannot be kept in ${folder}: make it writable.`);
    }
  }

  has(digest: string): boolean {
    return this.accepted.has(digest);
  }

  /** Remembers an accepted line. */
  add(digest: string): void {
    this.accepted.add(digest);
    appendFileSync(this.path, `${digest}\n`);
  }

  /** Forgets all: every line is sent again, which does no harm. */
  clear(): void {
    this.accepted.clear();
    rmSync(this.path, { force: true });
  }
}

/** The key of the digests: made once for this folder, and kept, since request ids of bare requests depend on it. */
export function digestKey(folder: string): string {
  const path = join(folder, 'digest-key');
  if (!existsSync(path)) writeFileSync(path, randomBytes(32).toString('hex'), { mode: 0o600 });
  return readFileSync(path, 'utf8');
}
