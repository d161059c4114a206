import { describe, expect, it } from '@jest/globals';
import { addToLogContext, withLogContext } from './log-context.js';
import { loggedError } from './log-error.js';
import { createLogger } from './logging.js';
import { withSpan } from './tracing.js';

function recorded(format: 'json' | 'pretty' = 'json') {
  const lines: string[] = [];
  const settings = { LOG_LEVEL: 'info', LOG_FORMAT: format };
  const logger = createLogger('registration', settings, { write: (line) => void lines.push(line) });
  const last = (): unknown => JSON.parse(lines.at(-1) ?? 'null');
  return { logger, lines, last };
}

describe('a log line', () => {
  it('carries the service, and the onboarding and correlation id of the context around it, across awaits', async () => {
    const { logger, last } = recorded();
    await withLogContext({ onboardingId: 'o-1' }, () =>
      withLogContext({ correlationId: 'c-1' }, async () => {
        await Promise.resolve();
        logger.info('calling');
      }),
    );
    expect(last()).toMatchObject({
      level: 'info',
      service: 'registration',
      onboardingId: 'o-1',
      correlationId: 'c-1',
      msg: 'calling',
    });
  });

  it('carries what was added on the way to the work around it, and to no other', async () => {
    const { logger, last } = recorded();
    await withLogContext({}, async () => {
      await Promise.resolve().then(() => {
        addToLogContext({ onboardingId: 'o-1' });
      });
      logger.info('found');
    });
    expect(last()).toMatchObject({ onboardingId: 'o-1' });
    addToLogContext({ onboardingId: 'o-2' });
    withLogContext({}, () => {
      logger.info('another');
    });
    expect(last()).not.toHaveProperty('onboardingId');
  });

  it('carries nothing of a context that is over', () => {
    const { logger, last } = recorded();
    withLogContext({ onboardingId: 'o-1' }, () => undefined);
    logger.info('later');
    expect(last()).not.toHaveProperty('onboardingId');
  });

  it('names the trace it belongs to', async () => {
    const { logger, last } = recorded();
    const parentTraceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    await withSpan('step', { parentTraceparent }, async () => {
      logger.info('in it');
    });
    expect(last()).toMatchObject({ traceId: 'a'.repeat(32) });
  });

  it('shows none of what is called like a secret or personal data', () => {
    const { logger, last } = recorded();
    const headers = { authorization: 'Bearer hunter2' };
    logger.info({ password: 'hunter2', headers, applicant: { email: 'a@example.com' } }, 'who');
    expect(last()).toMatchObject({
      password: '***',
      headers: { authorization: '***' },
      applicant: { email: '***' },
    });
  });

  it('is readable for people where LOG_FORMAT is pretty', () => {
    const { logger, lines } = recorded('pretty');
    logger.info({ onboardingId: 'o-1' }, 'calling');
    expect(lines.join('')).toMatch(/INFO.*calling.*o-1/su);
  });

  it.each(['ExceptionHandler', 'InstanceLoader'])('is not about Nest itself: %s', (context) => {
    const { logger, lines } = recorded();
    logger.error({ context }, 'as it starts');
    expect(lines).toEqual([]);
  });
});

describe('an error in a log line', () => {
  it('keeps name, message, code and frames', () => {
    const { logger, last } = recorded();
    logger.error({ err: Object.assign(new TypeError('no route'), { code: 'ENOENT' }) }, 'failed');
    expect(last()).toMatchObject({
      err: {
        name: 'TypeError',
        message: 'no route',
        code: 'ENOENT',
        stack: expect.stringMatching(/^\s+at /u),
      },
    });
  });

  it('drops answers, causes and rows that hang on it', () => {
    const error = Object.assign(new Error('refused', { cause: new Error('hunter2') }), {
      response: { body: 'hunter2' },
      detail: 'Key (email)=(hunter2) already exists.',
    });
    expect(JSON.stringify(loggedError(error))).not.toContain('hunter2');
  });

  it('does not quote what could not be parsed', () => {
    const parse = (): unknown => JSON.parse('hunter2');
    expect(parse).toThrow(SyntaxError);
    try {
      parse();
    } catch (error) {
      expect(JSON.stringify(loggedError(error))).not.toContain('hunter2');
    }
  });

  it('does not quote the value that Postgres refused', () => {
    const error = Object.assign(new Error('invalid input syntax for type uuid: "hunter2"'), {
      code: '22P02',
    });
    expect(loggedError(error)).toMatchObject({
      message: 'invalid input syntax for type uuid',
      code: '22P02',
    });
  });

  it('is said to be none where something else was thrown', () => {
    expect(loggedError('hunter2')).toEqual({ name: 'string', message: 'not an error was thrown' });
  });
});
