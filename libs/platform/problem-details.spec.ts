import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Body, Controller, ForbiddenException, Get, Module, Param, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { gzipSync } from 'node:zlib';
import { bodyParserErrors } from './body-parser-errors.js';
import { ProblemDetailsFilter, ProblemError } from './problem-details.js';

@Controller()
class FailingController {
  @Get('ours')
  ours(): never {
    const errors = [{ pointer: '/email', code: 'email_invalid', message: 'The e-mail address is none.' }];
    throw new ProblemError({ status: 422, code: 'request_invalid', detail: 'Mend it.', errors });
  }

  @Get('busy')
  busy(): never {
    throw new ProblemError({ status: 503, code: 'temporarily_unavailable', retryAfterSeconds: 1.2 });
  }

  @Get('forbidden')
  forbidden(): never {
    throw new ForbiddenException('hunter2');
  }

  @Get('bug')
  bug(): never {
    throw new Error('hunter2');
  }

  @Get('away/:code')
  away(@Param('code') code: string): never {
    throw new Error('hunter2', { cause: Object.assign(new Error('hunter2'), { code }) });
  }

  @Get('things/:id')
  thing(): object {
    return {};
  }

  @Post('echo')
  echo(@Body() body: unknown): unknown {
    return { body };
  }
}

@Module({ controllers: [FailingController] })
class FailingModule {}

let app: NestExpressApplication;
let url: string;

beforeAll(async () => {
  app = await NestFactory.create<NestExpressApplication>(FailingModule, { bodyParser: false, logger: false });
  app.useBodyParser('json', { limit: 100 });
  app.use(bodyParserErrors);
  app.useGlobalFilters(new ProblemDetailsFilter());
  await app.listen(0, '127.0.0.1');
  url = await app.getUrl();
});
afterAll(async () => app.close());

const post = (body: string | Buffer, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  body: body as never,
  headers: { 'content-type': 'application/json', ...headers },
});

/** Disk, memory, connections, a limit of its configuration. */
const full = ['53100', '53200', '53300', '53400'];
/** No lock in time, no end in time. */
const locked = ['55P03', '57014'];

describe('while Postgres is away, full or locked', () => {
  it.each(['ECONNREFUSED', 'ECONNRESET', '57P01', '57P03', '08006', ...full, ...locked])(
    'a request is told to come again (%s)',
    async (code) => {
      const answer = await fetch(`${url}/away/${code}`);
      expect(answer.status).toBe(503);
      expect(answer.headers.get('retry-after')).toBe('1');
      expect(await answer.json()).toMatchObject({ code: 'temporarily_unavailable' });
    },
  );

  it('an error of the statement is none of these', async () => {
    expect((await fetch(`${url}/away/23505`)).status).toBe(500);
  });
});

describe('a failed request is answered as RFC 9457 says', () => {
  it('with all its faults, each with pointer, code and sentence', async () => {
    const answer = await fetch(`${url}/ours?token=hunter2`);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/u);
    expect([answer.status, await answer.json()]).toEqual([
      422,
      {
        type: 'urn:onboarding:problem:request_invalid',
        title: 'Unprocessable Entity',
        status: 422,
        code: 'request_invalid',
        detail: 'Mend it.',
        instance: '/ours',
        errors: [{ pointer: '/email', code: 'email_invalid', message: 'The e-mail address is none.' }],
      },
    ]);
  });

  it('with when to try again, in whole seconds', async () => {
    expect((await fetch(`${url}/busy`)).headers.get('retry-after')).toBe('2');
  });

  it.each([
    ['/nowhere', {}, 404, 'route_unknown'],
    ['/forbidden', {}, 403, 'forbidden'],
    ['/bug', {}, 500, 'internal_error'],
    ['/echo', post('{"password": "hunter2'), 400, 'malformed_json'],
    ['/echo', post('"hunter2"'), 400, 'malformed_json'],
    ['/echo', post(JSON.stringify({ text: 'hunter2'.repeat(100) })), 413, 'body_too_large'],
    [
      '/echo',
      post('{}', { 'content-type': 'application/json; charset=hunter2' }),
      415,
      'unsupported_charset',
    ],
    ['/echo', post('{}', { 'content-encoding': 'hunter2' }), 415, 'unsupported_encoding'],
    ['/echo', post('hunter2', { 'content-encoding': 'gzip' }), 400, 'bad_request'],
    ['/echo', post(gzipSync('{"text": "hunter2'), { 'content-encoding': 'gzip' }), 400, 'malformed_json'],
    ['/things/%E0%A4%A', {}, 400, 'bad_request'],
  ])('and nothing of what is inside: %s %j', async (path, init, status, code) => {
    const answer = await fetch(`${url}${path}`, init);
    const text = await answer.text();
    expect([answer.status, JSON.parse(text)]).toEqual([status, expect.objectContaining({ status, code })]);
    expect(text).not.toContain('hunter2');
  });
});
