import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Module, Param, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Logger as NestLogger } from 'nestjs-pino';
import { waitUntil } from '../../test/wait-until.js';
import { addToLogContext, logContextPerRequest } from './log-context.js';
import { createLogger } from './logging.js';
import { PlatformModule } from './platform-module.js';
import { ProblemDetailsFilter } from './problem-details.js';

@Controller()
class FilesController {
  @Get('files/:name')
  file(): object {
    return {};
  }

  @Get('broken/:name')
  broken(): never {
    throw new Error('as it happens');
  }

  @Post('of/:id')
  async of(@Param('id') id: string): Promise<never> {
    await Promise.resolve();
    addToLogContext({ onboardingId: id });
    throw new Error('as it happens');
  }
}

@Module({ controllers: [FilesController] })
class FilesModule {}

interface Line {
  readonly onboardingId?: string;
  readonly req?: unknown;
  readonly res?: unknown;
}

let lines: string[];
let app: NestExpressApplication;

beforeEach(async () => {
  lines = [];
  const settings = { LOG_LEVEL: 'info', LOG_FORMAT: 'json' } as const;
  const logger = createLogger('files', settings, { write: (line) => void lines.push(line) });
  const module = { module: FilesModule, imports: [PlatformModule.for(logger)] };
  app = await NestFactory.create<NestExpressApplication>(module, { bufferLogs: true });
  app.useLogger(app.get(NestLogger));
  app.use(logContextPerRequest);
  app.useGlobalFilters(new ProblemDetailsFilter());
  await app.listen(0, '127.0.0.1');
});
afterEach(() => app.close());

const read = () => lines.map((line) => JSON.parse(line) as Line);
const requests = () => read().filter(({ req }) => req !== undefined);

describe('the log line of an HTTP request', () => {
  it.each([
    ['files/Jane-Doe-passport.pdf?of=Jane', '/files/:name', 200],
    ['broken/Jane', '/broken/:name', 500],
    ['Jane/Doe', '(no route)', 404],
  ])(
    'of %s has the route as it is declared, and nothing that the caller wrote',
    async (path, route, status) => {
      await fetch(`${await app.getUrl()}/${path}`);
      await waitUntil('the line', async () => requests().length > 0);
      expect(requests()).toMatchObject([{ req: { method: 'GET', route }, res: { status } }]);
      expect(lines.join('')).not.toContain('Jane');
    },
  );

  it('names the onboarding that the request turned out to be about, and so does each line on the way, and no other', async () => {
    const body = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' };
    await Promise.all(['o-1', 'o-2'].map(async (id) => fetch(`${await app.getUrl()}/of/${id}`, body)));
    await fetch(`${await app.getUrl()}/files/a`);
    await waitUntil('the lines', async () => requests().length === 3);
    const failed = read().filter(({ onboardingId }) => onboardingId !== undefined);
    expect(failed.map(({ onboardingId, req }) => [onboardingId, req !== undefined]).sort()).toEqual([
      ['o-1', false],
      ['o-1', true],
      ['o-2', false],
      ['o-2', true],
    ]);
    expect(requests().at(-1)).not.toHaveProperty('onboardingId');
  });

  it('is not there for health and metrics', async () => {
    await fetch(`${await app.getUrl()}/health/live`);
    await fetch(`${await app.getUrl()}/files/a`);
    await waitUntil('the line', async () => requests().length > 0);
    expect(requests()).toHaveLength(1);
  });
});
