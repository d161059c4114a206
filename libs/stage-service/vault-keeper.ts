import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { Logger } from 'pino';
import type { Vault } from '#vault/vault.js';

const firstMs = 60_000;
const dayMs = 24 * 3_600_000;

/** Has the vault forget, once a day, what its rules say: cut-off uploads, documents without a request, old marks. */
export class VaultKeeper implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly vault: Vault,
    private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.schedule(firstMs);
  }

  onApplicationShutdown(): void {
    clearTimeout(this.timer);
  }

  private schedule(inMs: number): void {
    this.timer = setTimeout(() => void this.forget(), inMs);
    this.timer.unref();
  }

  private async forget(): Promise<void> {
    try {
      this.logger.info(
        { forgotten: await this.vault.forget() },
        'the vault has forgotten what its rules say',
      );
    } catch (error) {
      this.logger.warn({ err: error }, 'the vault could not forget; trying again tomorrow');
    }
    this.schedule(dayMs);
  }
}
