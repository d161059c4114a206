import { Controller, Get, HttpCode, HttpStatus, Injectable, Res } from '@nestjs/common';
import type { Response } from 'express';

/** Says in a few words what is not ready, or nothing. Throwing counts as not ready. */
export type HealthCheck = () => Promise<string | undefined> | string | undefined;

/** Whether Postgres answers. */
export function databaseCheck(pool: { query(sql: string): Promise<unknown> }): HealthCheck {
  return async () => {
    await pool.query('SELECT 1');
    return undefined;
  };
}

/** What `/health/ready` answers. */
export interface Readiness {
  readonly isReady: boolean;
  /** By the name of the check; empty when ready. */
  readonly notReady: Readonly<Record<string, string>>;
}

const checkTimeLimitMs = 1_000;

/** What has to be fine before this process should be given work. Parts add their checks when they start. */
@Injectable()
export class HealthRegistry {
  private readonly checks = new Map<string, HealthCheck>([['service', () => this.phase]]);
  private readonly notes = new Map<string, () => string | undefined>();
  private phase: 'starting' | 'stopping' | undefined = 'starting';

  /** Adds a check; each is given one second. Its sentence is public: no address, no secret. */
  add(name: string, check: HealthCheck): void {
    this.checks.set(name, check);
  }

  /** Adds what ops should read although the process is ready; its sentence is as public as a check's. */
  addNote(name: string, note: () => string | undefined): void {
    this.notes.set(name, note);
  }

  /** What there is to be noted now, by name. */
  noted(): Readonly<Record<string, string>> {
    return Object.fromEntries(
      [...this.notes].flatMap(([name, note]) => {
        const sentence = note();
        return sentence === undefined ? [] : [[name, sentence]];
      }),
    );
  }

  /** From now on the checks decide, unless it is stopping already. */
  markStarted(): void {
    if (this.phase === 'starting') this.phase = undefined;
  }

  /** From now on the process is not ready, whatever the checks say. */
  markStopping(): void {
    this.phase = 'stopping';
  }

  /** Runs all checks at once. */
  async readiness(): Promise<Readiness> {
    const results = await Promise.all(
      [...this.checks].map(async ([name, check]) => [name, await verdict(check)]),
    );
    const notReady = Object.fromEntries(results.filter(([, why]) => why !== undefined)) as Record<
      string,
      string
    >;
    return { isReady: Object.keys(notReady).length === 0, notReady };
  }
}

async function verdict(check: HealthCheck): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const tooSlow = new Promise<string>((resolve) => {
    timer = setTimeout(resolve, checkTimeLimitMs, `no answer within ${checkTimeLimitMs} ms`);
  });
  try {
    return await Promise.race([Promise.resolve().then(check), tooSlow]);
  } catch {
    return 'the check failed';
  } finally {
    clearTimeout(timer);
  }
}

/**
 * `GET /health/live`: the process runs. `GET /health/ready`: it can be given work, else 503 and what is not ready; `notes` say
 * what is held back for reasons outside of the process.
 */
@Controller('health')
export class HealthController {
  constructor(private readonly health: HealthRegistry) {}

  @Get('live')
  @HttpCode(HttpStatus.OK)
  live(): { status: 'live' } {
    return { status: 'live' };
  }

  @Get('ready')
  async ready(@Res({ passthrough: true }) response: Response): Promise<object> {
    const { isReady, notReady } = await this.health.readiness();
    response.status(isReady ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE);
    const notes = this.health.noted();
    const noted = Object.keys(notes).length === 0 ? {} : { notes };
    return isReady ? { status: 'ready', ...noted } : { status: 'not ready', notReady, ...noted };
  }
}
