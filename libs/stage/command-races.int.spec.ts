import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { createTestDatabase, type TestDatabase } from '../../test/database.js';
import { connectTestKafka, type TestKafka } from '../../test/kafka.js';
import { StageWorld, type AskedCommand, type TestHandler } from '../../test/stage-world.js';
import { waitUntil } from '../../test/wait-until.js';
import { StepFailure } from './failure.js';
import { NotYet, type OnceOptions } from './steps.js';
import { answersWhen } from './testing/answers.js';

jest.setTimeout(60_000);

const timeLimitMs = 200;
const pollOptions = {
  everyMs: 30,
  everyMaxMs: 60,
  deadlineMs: 30_000,
  overdue: 'verification_overdue' as const,
  timeLimitMs,
};

let database: TestDatabase;
let kafka: TestKafka;
/** Two stages, one after the other. */
let first: StageWorld;
let second: StageWorld;

beforeAll(async () => {
  [database, kafka] = await Promise.all([createTestDatabase(), connectTestKafka()]);
  first = await StageWorld.open({ database, kafka, tables: 'registration' });
  second = await StageWorld.open({ database, kafka, tables: 'personnel', follows: first });
  await Promise.all([first.startProcess(), second.startProcess()]);
});
afterAll(async () => {
  await Promise.all([first.close(), second.close()]);
  await kafka.close();
  await database.close();
});

/** Per command that is there before its stage begins, or goes on: the answer, and the state in the end. */
const whenActive = {
  cancel: ['applied', 'ended'],
  erase: ['applied', 'ended'],
  pause: ['applied', 'paused'],
  resume: ['not_paused', 'passed'],
  replay: ['not_parked', 'passed'],
  correct: ['not_parked', 'passed'],
  resolve: ['not_in_doubt', 'passed'],
  approve: ['applied', 'passed'],
} as const;

describe('a command during a call', () => {
  it('is applied before the next call, and cancel tells what that one call did', async () => {
    const held = new HeldCall();
    const next = jest.fn(async () => ({}));
    const id = await first.begin(async (_, steps) => {
      await steps.once('register', () => held.call(), { find: absent });
      return first.done(await steps.once('activate', next, { find: absent }));
    });
    await held.begun();
    const cancel = await given(first, id, { command: 'cancel' });
    held.answer({ customerId: 'customer-1' });
    const { data } = await first.next(id, 'cancelled');
    expect(data['remains']).toEqual([
      { step: 'register', isKnown: true, result: { customerId: 'customer-1' } },
    ]);
    await onlyAnswer(cancel, { outcome: 'applied' });
    expect(next).not.toHaveBeenCalled();
  });

  it('which is the last of its stage is applied by the next stage, which calls nothing', async () => {
    const held = new HeldCall();
    const call = jest.fn(async () => ({}));
    const id = await beginJourney(held.handler(first), once(second, call));
    await held.begun();
    const cancel = await given(first, id, { command: 'cancel' });
    held.answer({});
    await second.next(id, 'cancelled');
    await onlyAnswer(cancel, { outcome: 'applied' });
    expect(first.eventsOf(id).map(nameOf)).toEqual(['done']);
    expect(call).not.toHaveBeenCalled();
  });
});

describe('a command between two stages', () => {
  it('is answered once, and done, by the one that has not read yet', async () => {
    const late = await StageWorld.open({ database, kafka, tables: 'verification', follows: first });
    try {
      const passedOn = await Promise.all(
        Object.entries(whenActive).map(async ([command, [answer, state]]) => {
          const call = jest.fn(async () => ({}));
          const event = first.newOnboarding(once(first, async () => ({})));
          const id = event.onboardingId;
          late.handle(id, once(late, call));
          second.handle(
            id,
            once(second, async () => ({})),
          );
          await first.publish(event);
          await first.next(id, 'done');
          const asked = { ...commandNamed(command), commandId: randomUUID() };
          await first.commands(id, asked, asked);
          return { id, command, commandId: asked.commandId, answer, state, call };
        }),
      );
      await late.startProcess();
      for (const { id, command, commandId, answer, state, call } of passedOn) {
        await waitUntil(`${command}: ${state}`, async () => (await late.stateOf(id)) === state);
        await waitUntil(`an answer to ${command}`, () => late.answersTo(commandId).length > 0);
        expect({ command, answers: late.answersTo(commandId) }).toMatchObject({
          command,
          answers: [answerAs(answer)],
        });
        expect({ command, calls: call.mock.calls.length }).toEqual({
          command,
          calls: state === 'passed' ? 1 : 0,
        });
        expect(first.answersTo(commandId)).toEqual([]);
      }
    } finally {
      await late.close();
    }
  });

  it('that the first has answered is neither answered nor obeyed by the next', async () => {
    let isReady = false;
    const look = async (): Promise<object> => (isReady ? {} : new NotYet('waiting_for_verification'));
    const id = await beginJourney(
      poll(first, look),
      once(second, async () => ({})),
    );
    const pause = await given(first, id, { command: 'pause' });
    await onlyAnswer(pause, { outcome: 'applied' });
    isReady = true;
    const resume = await given(first, id, { command: 'resume' });
    await second.next(id, 'done-next');
    await onlyAnswer(pause, { outcome: 'applied' });
    await onlyAnswer(resume, { outcome: 'applied' });
    expect(second.eventsOf(id).map(nameOf)).toEqual(['done-next']);
  });
});

it('a hundred commands that the first stage has answered are answered by no other', async () => {
  let isReady = false;
  const look = async (): Promise<object> => (isReady ? {} : new NotYet('waiting_for_verification'));
  const id = await beginJourney(
    poll(first, look),
    once(second, async () => ({})),
  );
  await isWaiting(id);
  const approvals = Array.from({ length: 100 }, () => commandNamed('approve'));
  const commandIds = await first.commands(id, ...approvals);
  await waitUntil('all answers', () => commandIds.every((each) => first.answersTo(each).length > 0));
  isReady = true;
  await second.next(id, 'done-next');
  for (const commandId of commandIds) await onlyAnswer(commandId, { outcome: 'applied' });
});

describe('a command given twice', () => {
  it('with one id is applied and answered once', async () => {
    const id = await first.begin(poll(first, async () => new NotYet('waiting_for_verification')));
    await first.next(id, 'attempt');
    const commandId = randomUUID();
    await first.commands(id, { command: 'cancel', commandId }, { command: 'cancel', commandId });
    await first.next(id, 'cancelled');
    await first.command(id, { command: 'cancel', commandId });
    // By then the repeat has been read.
    const after = await given(first, id, { command: 'pause' });
    await onlyAnswer(after, { outcome: 'refused', code: 'already_ended' });
    await onlyAnswer(commandId, { outcome: 'applied' });
    expect(first.eventsOf(id).map(nameOf)).toEqual(['attempt', 'cancelled', 'answered', 'answered']);
  });

  it('with two ids is answered twice, the second time as things then stand', async () => {
    const id = await first.begin(poll(first, async () => new NotYet('waiting_for_verification')));
    await first.next(id, 'attempt');
    const [one = '', two = ''] = await first.commands(id, { command: 'cancel' }, { command: 'cancel' });
    await onlyAnswer(one, { outcome: 'applied' });
    await onlyAnswer(two, { outcome: 'refused', code: 'already_ended' });
    expect(first.eventsOf(id).filter((event) => nameOf(event) === 'cancelled')).toHaveLength(1);
  });
});

describe('a process killed with any command stored, in the middle of a call', () => {
  it('leaves each to the next owner, who answers it once and does what it says', async () => {
    const world = await StageWorld.open({ database, kafka, tables: 'consent' });
    try {
      const killed = await world.startProcess();
      const begun = await Promise.all(
        Object.keys(whenActive).map(async (command) => {
          let calls = 0;
          const call = () =>
            (calls += 1) === 1 ? new Promise<object>(() => undefined) : Promise.resolve({});
          const id = await world.begin(once(world, call));
          await waitUntil('the call', () => calls === 1);
          const commandId = await given(world, id, commandNamed(command));
          return { id, command, commandId, calls: () => calls };
        }),
      );
      await killed.kill();
      await world.startProcess();
      for (const { id, command, commandId, calls } of begun) {
        const [answer, state] = whenActive[command as keyof typeof whenActive];
        await waitUntil(
          `${command}: ${state}`,
          async () => (await world.stateOf(id)) === state && world.answersTo(commandId).length > 0,
        );
        expect({ command, answers: world.answersTo(commandId) }).toMatchObject({
          command,
          answers: [answerAs(answer)],
        });
        expect({ command, calls: calls() }).toEqual({ command, calls: state === 'passed' ? 2 : 1 });
        if (command === 'cancel')
          expect((await world.next(id, 'cancelled')).data['remains']).toEqual([
            { step: 'register', isKnown: false },
          ]);
      }
    } finally {
      await world.close();
    }
  });
});

describe('every command, wherever the onboarding stands, is answered once and leaves it as it says', () => {
  const parked = once(first_, async () => {
    throw new StepFailure('not-done', 'unavailable');
  });
  const waits = poll(first_, async () => new NotYet('waiting_for_verification'));
  const situations: readonly Situation[] = [
    { name: 'parked', handler: parked, reach: isParked },
    {
      name: 'in doubt',
      handler: once(first_, lost, async () => ({ state: 'unknown' })),
      reach: isParked,
    },
    { name: 'waiting', handler: waits, reach: isWaiting },
    {
      name: 'paused',
      handler: waits,
      async reach(id) {
        await isWaiting(id);
        await onlyAnswer(await given(first, id, { command: 'pause' }), { outcome: 'applied' });
      },
    },
    {
      name: 'ended',
      handler: waits,
      async reach(id) {
        await isWaiting(id);
        await onlyAnswer(await given(first, id, { command: 'cancel' }), { outcome: 'applied' });
      },
    },
  ];

  it.each(situations)('when it is $name, also given twice with one id', async ({ name, handler, reach }) => {
    await Promise.all(
      Object.entries<readonly [string, string]>(answersWhen[name]).map(async ([command, [answer, state]]) => {
        const id = await first.begin(handler);
        await reach(id);
        const commandId = randomUUID();
        const asked = { ...commandNamed(command), commandId };
        await first.commands(id, asked, asked);
        await waitUntil(`an answer to ${command}`, () => first.answersTo(commandId).length > 0);
        expect({ command, answers: first.answersTo(commandId) }).toMatchObject({
          command,
          answers: [answerAs(answer)],
        });
        await waitUntil(
          `${name}, then ${command}: ${state}`,
          async () => (await first.stateOf(id)) === state,
        );
        await first.command(id, asked);
        // By then the repeat has been read.
        const after = await given(first, id, { command: 'look-again' });
        await waitUntil('it to be seen', () => isApplied(first, after));
        expect(first.answersTo(commandId)).toHaveLength(1);
      }),
    );
  });
});

interface Situation {
  readonly name: keyof typeof answersWhen;
  readonly handler: TestHandler;
  reach(id: string): Promise<void>;
}

function commandNamed(command: string): AskedCommand {
  const fields: Readonly<Record<string, object>> = {
    correct: { pointer: '/individual/phone', correctionId: randomUUID() },
    resolve: { step: 'register', hasHappened: true, result: { customerId: 'told' } },
  };
  return { command: command as AskedCommand['command'], ...fields[command] };
}

/** A call that a spec answers when it likes. */
class HeldCall {
  calls = 0;
  answer: (result: object) => void = () => undefined;

  call(): Promise<object> {
    this.calls += 1;
    return new Promise((resolve) => (this.answer = resolve));
  }

  begun(): Promise<unknown> {
    return waitUntil('the call', () => this.calls === 1);
  }

  handler(world: StageWorld): TestHandler {
    return async (_, steps) => world.done(await steps.once('register', () => this.call(), { find: absent }));
  }
}

/** Not made yet when the tables of cases are. */
function first_(): StageWorld {
  return first;
}

function once(
  world: StageWorld | (() => StageWorld),
  call: () => Promise<object>,
  find: OnceOptions<object>['find'] = absent,
): TestHandler {
  return async (_, steps) => worldOf(world).done(await steps.once('register', call, { find, timeLimitMs }));
}

function poll(world: StageWorld | (() => StageWorld), look: () => Promise<object>): TestHandler {
  return async (_, steps) => worldOf(world).done(await steps.poll('decision', look, pollOptions));
}

function worldOf(world: StageWorld | (() => StageWorld)): StageWorld {
  return typeof world === 'function' ? world() : world;
}

async function absent(): Promise<{ state: 'absent' }> {
  return { state: 'absent' };
}

async function lost(): Promise<never> {
  throw new StepFailure('unknown-outcome', 'timed_out');
}

async function isParked(id: string): Promise<void> {
  await first.next(id, 'parked');
}

async function isWaiting(id: string): Promise<void> {
  await first.next(id, 'attempt', ({ data }) => data['kind'] === 'waiting');
}

/** Gives a command and waits until the stage has it. */
async function given(world: StageWorld, id: string, asked: AskedCommand): Promise<string> {
  const commandId = await world.command(id, asked);
  await waitUntil('the command to be stored', async () => {
    const { rowCount } = await world.pool.query('SELECT 1 FROM command WHERE command_id = $1', [commandId]);
    return rowCount === 1;
  });
  return commandId;
}

function answerAs(answer: string): object {
  return answer === 'applied' ? { outcome: 'applied' } : { outcome: 'refused', code: answer };
}

async function isApplied(world: StageWorld, commandId: string): Promise<boolean> {
  const applied = 'SELECT 1 FROM command WHERE command_id = $1 AND applied_at IS NOT NULL';
  return (await world.pool.query(applied, [commandId])).rowCount === 1;
}

/** One answer, of both stages together. */
async function onlyAnswer(commandId: string, answer: object): Promise<void> {
  const answers = () => [...first.answersTo(commandId), ...second.answersTo(commandId)];
  await waitUntil(`an answer to ${commandId}`, () => answers().length > 0);
  expect(answers()).toMatchObject([answer]);
}

async function beginJourney(inFirst: TestHandler, inSecond: TestHandler): Promise<string> {
  const event = first.newOnboarding(inFirst);
  second.handle(event.onboardingId, inSecond);
  await first.publish(event);
  return event.onboardingId;
}

function nameOf({ type }: { readonly type: string }): string {
  return type.split('.')[1] ?? '';
}
