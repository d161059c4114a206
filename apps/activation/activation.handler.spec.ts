import { describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { ApplicantKind } from '#contracts/contract.js';
import { onboardingConsented } from '#contracts/events.js';
import type { Wallet } from '#finhub-client/activation.js';
import { FinhubFailure } from '#finhub-client/failure.js';
import type { PersonalData } from '#stage/stage-options.js';
import type { Steps } from '#stage/steps.js';
import { OneRun } from '#stage/testing/one-run.js';
import { RecordingSteps } from '#stage/testing/recording-steps.js';
import {
  applicantsOf,
  eventOf,
  finhubOf,
  requestOf,
  vaultOf,
  type FakeTenant,
} from '../../test/handler-parts.js';
import { ActivationHandler } from './activation.handler.js';

const iban = 'LT121000011101001000';

/** Neither activation nor a replay asks the stage for any. */
const noData = {} as PersonalData;

interface Given {
  readonly kind?: ApplicantKind;
  readonly isAllowed?: boolean;
  readonly wallet?: Wallet | undefined;
  readonly finhub?: FakeTenant;
}

function world({ kind = 'individual', isAllowed = true, ...given }: Given = {}) {
  const wallet = 'wallet' in given ? given.wallet : { walletId: 'wallet-1', status: 'ACTIVE', iban };
  const activated: unknown[] = [];
  const kept: string[] = [];
  const noteActivation = async (asked: unknown) => {
    activated.push(asked);
    return { state: 'active' as const };
  };
  const finhub = finhubOf({
    readiness: async () => ({
      isAllowed,
      verification: 'approved',
      missing: isAllowed ? [] : ['SOURCE_OF_FUNDS'],
    }),
    activateIndividual: noteActivation,
    activateOrganization: noteActivation,
    wallet: async () => wallet,
    ...given.finhub,
  });
  const vault = vaultOf(undefined, {
    keepIban: async (_, given) => {
      kept.push(given);
    },
  });
  const request = { ...requestOf(kind), activationCode: 'mailed-1' };
  const handler = new ActivationHandler(applicantsOf(request), finhub, vault);
  const event = eventOf(
    onboardingConsented,
    { ...onboardingConsented.example, customerId: 'customer-1' },
    kind,
  );
  const steps = new RecordingSteps();
  const activate = (taken: Steps = steps) => handler.activate(event, taken);
  return { activate, steps, activated, kept, event };
}

describe('activation', () => {
  it('puts the IBAN into the vault and not into the event', async () => {
    const { activate, kept, steps } = world();
    const fact = await activate();
    expect(fact.contract.type).toBe('onboarding.activated.v1');
    expect(fact.data).toEqual({ customerId: 'customer-1', walletId: 'wallet-1' });
    expect(kept).toEqual([iban]);
    expect(JSON.stringify(steps.taken)).not.toContain(iban);
    expect(JSON.stringify(await steps.find('activate'))).not.toContain(iban);
  });

  it('waits until FinHub says that the customer is ready, and keeps what it says is missing', async () => {
    const { activate, activated } = world({ isAllowed: false });
    const waits = { step: 'readiness', code: 'waiting_for_readiness', missing: ['SOURCE_OF_FUNDS'] };
    await expect(activate()).rejects.toMatchObject(waits);
    expect(activated).toEqual([]);
  });

  it.each<[string, Wallet | undefined]>([
    ['there is no wallet', undefined],
    ['the wallet has no IBAN', { walletId: 'wallet-1', status: 'INACTIVE' }],
  ])('waits while %s', async (_, wallet) => {
    const { activate, kept, steps } = world({ wallet });
    await expect(activate()).rejects.toMatchObject({ step: 'wallet', code: 'waiting_for_wallet' });
    expect(kept).toEqual([]);
    expect(await steps.find('activate')).toEqual({ state: 'repeat' });
  });

  it('that FinHub refuses with a conflict, and of which nothing shows, is parked, and made again by a replay', async () => {
    let isConflict = true;
    const conflict = { kind: 'unknown-outcome', code: 'conflict', endpoint: 'activateIndividual' } as const;
    const { activate } = world({
      finhub: {
        activateIndividual: async () => {
          if (isConflict) throw new FinhubFailure(conflict);
          return { state: 'active' };
        },
        wallet: async () => (isConflict ? undefined : { walletId: 'wallet-1', status: 'ACTIVE', iban }),
      },
    });
    const run = new OneRun(activate, noData);
    while (await run.turn());
    const parked = { name: 'parked', data: { code: 'in_doubt', step: 'activate' } };
    expect(run.told.at(-1)).toMatchObject(parked);
    isConflict = false;
    run.give({ command: 'replay', commandId: randomUUID(), by: 'ops@example', why: 'the state is mended' });
    while (await run.turn());
    expect(run.told.at(-1)).toMatchObject({ name: 'activated', data: { walletId: 'wallet-1' } });
  });

  it('of an individual names the e-mail and the code that was mailed', async () => {
    const { activate, activated } = world();
    await activate();
    const email = 'ona.petraite@example.test';
    const origin = requestOf('individual').consents[0];
    expect(activated).toEqual([{ customerId: 'customer-1', email, code: 'mailed-1', origin }]);
  });

  it('of an organization is asked for by its acting user', async () => {
    const { activate, activated, event } = world({ kind: 'organization' });
    await activate();
    expect(activated).toMatchObject([
      { organizationId: 'customer-1', actingUserId: event.data.actingUserId, roles: ['ADMIN_USER'] },
    ]);
  });
});
