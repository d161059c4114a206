import { randomUUID } from 'node:crypto';
import { expect, it, jest } from '@jest/globals';
import { quickSettings, runtimeContractsOn } from '../../test/stage-world.js';
import { applyCommands } from './apply-commands.js';
import { Run } from './run.js';
import type { StageOptions } from './stage-options.js';
import { newRow, startedAt } from './testing/in-memory.js';

it('a correction is judged by what the stage has finished, and nothing is asked of the vault where it is refused', async () => {
  const isCorrectable = jest.fn<StageOptions['isCorrectable']>(() => false);
  const acceptCorrection = jest.fn(async () => ({}));
  const personalData = { acceptCorrection } as unknown as StageOptions['personalData'];
  const contracts = runtimeContractsOn({ told: 'told', commands: 'commands' });
  const options = { stage: 'registration', contracts, personalData, settings: quickSettings, signals: [] };
  const results = { register: { result: {}, tries: 1, ms: 1 } };
  const clock = { now: () => startedAt, monotonicMs: () => 0 };
  const run = new Run({ ...newRow(), state: 'parked', results }, clock, { readAtMs: 0, leaseMs: 1_000 });
  const asked = { commandId: randomUUID(), by: 'ops', why: 'spec', correctionId: randomUUID() };
  const command = { command: 'correct', pointer: '/categoryName', ...asked } as const;
  const pending = [{ onboardingId: run.onboardingId, command, occurredAt: startedAt }];
  await applyCommands(run, pending, { ...options, endsJourney: false, isCorrectable } as StageOptions);
  expect(isCorrectable).toHaveBeenCalledWith('/categoryName', {
    applicantKind: 'individual',
    finishedSteps: ['register'],
  });
  expect(run.unwrittenFacts).toMatchObject([{ data: { outcome: 'refused', code: 'correction_refused' } }]);
  expect(acceptCorrection).not.toHaveBeenCalled();
});
