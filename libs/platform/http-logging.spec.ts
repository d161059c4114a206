import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { waitUntil } from '../../test/wait-until.js';
import { createLogger } from './logging.js';
import { PlatformModule } from './platform-module.js';

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
}

@Module({ controllers: [FilesController] })
class FilesModule {}

interface Line {
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
  app = await NestFactory.create<NestExpressApplication>(module, { logger: false });
  await app.listen(0, '127.0.0.1');
});
afterEach(() => app.close());

const requests = () => lines.map((line) => JSON.parse(line) as Line).filter(({ req }) => req !== undefined);

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

  it('is not there for health and metrics', async () => {
    await fetch(`${await app.getUrl()}/health/live`);
    await fetch(`${await app.getUrl()}/files/a`);
    await waitUntil('the line', async () => requests().length > 0);
    expect(requests()).toHaveLength(1);
  });
});
