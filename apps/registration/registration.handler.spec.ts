import { describe, expect, it, jest } from '@jest/globals';
import { individualRequestExample, organizationRequestExample } from '#contracts/request-examples.js';
import type { OnboardingRequest } from '#contracts/request.js';
import { onboardingRequested } from '#contracts/requested.js';
import type { Fact } from '#contracts/contract.js';
import type { Category } from '#finhub-client/categories.js';
import { FinhubFailure } from '#finhub-client/failure.js';
import type { Call, OnceOptions } from '#stage/steps.js';
import { RecordingSteps } from '#stage/testing/recording-steps.js';
import { applicantsOf, eventOf, finhubOf, vaultOf, type FakeTenant } from '../../test/handler-parts.js';
import { RegistrationHandler } from './registration.handler.js';

const password = 'Secret-pass-1';
const registered = { customerId: 'customer-1', userId: 'user-1' };
const listed: Category[] = [
  { key: 'B2C_PERSONAL', id: 'c-1', name: 'Personal' },
  { key: 'B2B_SMALL_BUSINESS', id: 'c-2', name: 'Small business' },
];

interface Given {
  readonly request?: unknown;
  readonly kind?: OnboardingRequest['kind'];
  readonly finhub?: FakeTenant;
  readonly steps?: RecordingSteps;
  /** Another onboarding has the same e-mail. */
  readonly hasRival?: boolean;
}

/** Registers, and tells what was done where, in order. */
async function register(given: Given = {}): Promise<{ fact: Fact; steps: RecordingSteps; done: string[] }> {
  const {
    request = individualRequestExample,
    kind = 'individual',
    steps = new RecordingSteps(),
    hasRival = false,
  } = given;
  const event = eventOf(onboardingRequested, { isVaulted: true }, kind);
  const done: string[] = [];
  const note = <Result>(what: string, result: Result): Promise<Result> => {
    done.push(what);
    return Promise.resolve(result);
  };
  const vault = vaultOf(request, {
    password: () => note('password read', password),
    rememberCustomer: (_, customerId) => note(`${customerId} remembered`, undefined),
    destroyPassword: () => note('password destroyed', undefined),
    findByEmail: async () =>
      [event.onboardingId, ...(hasRival ? ['another'] : [])].map((onboardingId) => ({
        onboardingId,
        requestId: 'r-2',
        applicantKind: kind,
        admittedAt: new Date(0),
      })),
  });
  const finhub = finhubOf({
    categories: () => note('categories', listed),
    registerIndividual: ({ category }) => note(`individual in ${category.id}`, registered),
    registerOrganization: ({ category }) => note(`organization in ${category.id}`, registered),
    ...given.finhub,
  });
  const handler = new RegistrationHandler(applicantsOf(request), vault, finhub);
  return { fact: await handler.register(event, steps), steps, done };
}

describe('registration', () => {
  it('registers an individual, and only then destroys the password', async () => {
    const { fact, done } = await register();
    expect(fact).toMatchObject({ contract: { type: 'onboarding.registered.v1' }, data: registered });
    expect(done).toEqual([
      'categories',
      'password read',
      'individual in c-1',
      'customer-1 remembered',
      'password destroyed',
    ]);
  });

  it('registers an organization in a category for businesses', async () => {
    const { fact, done } = await register({ request: organizationRequestExample, kind: 'organization' });
    expect(fact.data).toEqual(registered);
    expect(done).toContain('organization in c-2');
  });

  it('rejects what our rules forbid, with every error, before FinHub hears of it', async () => {
    const request = { ...individualRequestExample, documents: [], consents: [] };
    const { fact, steps, done } = await register({ request });
    expect(fact).toMatchObject({
      contract: { type: 'onboarding.rejected.v1' },
      data: { code: 'request_invalid', by: 'rules' },
    });
    const pointers = (fact.data as { errors: { pointer: string }[] }).errors.map(({ pointer }) => pointer);
    expect(pointers).toEqual(expect.arrayContaining(['/documents', '/consents']));
    expect([steps.names, done]).toEqual([[], []]);
  });

  it('rejects a request of another kind than its event says', async () => {
    const { fact, done } = await register({ kind: 'organization' });
    expect(fact.data).toMatchObject({ code: 'request_invalid', errors: [{ pointer: '/kind' }] });
    expect(done).toEqual([]);
  });

  it('rejects a category that FinHub does not have', async () => {
    const request = { ...individualRequestExample, categoryName: 'Astronauts' };
    const { fact, done } = await register({ request });
    expect(fact.data).toEqual({ code: 'category_unknown', by: 'rules' });
    expect(done).toEqual(['categories']);
  });

  it('registers in the category that FinHub has by now, when it refuses the one that was chosen first', async () => {
    const categories = jest.fn(async () => [{ key: 'B2C_PERSONAL', id: 'c-9', name: 'Personal' }]);
    categories.mockResolvedValueOnce(listed);
    const { fact } = await register({
      steps: new TryingTwice(),
      finhub: { categories, registerIndividual: refusesAllBut('c-9') },
    });
    expect(fact.data).toEqual(registered);
    expect(categories).toHaveBeenCalledTimes(2);
  });

  it('parks, and does not reject, once FinHub has no category any more that fits', async () => {
    const categories = jest.fn(async (): Promise<Category[]> => []).mockResolvedValueOnce(listed);
    const finhub = { categories, registerIndividual: refusesAllBut('c-9') };
    await expect(register({ steps: new TryingTwice(), finhub })).rejects.toMatchObject({
      kind: 'misconfigured',
      code: 'category_unknown',
    });
  });

  it('sends the evidence of the first consent as the origin', async () => {
    const registerIndividual = jest.fn(async (_: object) => registered);
    await register({ finhub: { registerIndividual } });
    const [origin] = individualRequestExample.consents;
    expect(registerIndividual.mock.calls[0]?.[0]).toMatchObject({ origin, password });
  });

  it('has no password in the input of its step, so that its destruction changes nothing', async () => {
    const individual = { ...individualRequestExample.individual, password: 'Upstream-pass-1' };
    const { steps } = await register({ request: { ...individualRequestExample, individual } });
    const step = steps.taken.find(({ name }) => name === 'register');
    expect(step?.options.input).toMatchObject({ applicant: { email: individual.email } });
    expect(JSON.stringify(step)).not.toContain('pass-1');
  });

  it('finds a lost registration by its webhook, and calls again without one', async () => {
    const told = { kind: 'customer.created', by: 'finhub', occurredAt: '2030-01-01T00:00:01Z' };
    const steps = new RecordingSteps([{ ...told, customerId: 'customer-9' }]);
    await register({ steps });
    expect(await steps.find('register')).toMatchObject({ result: { customerId: 'customer-9' } });
    const { steps: untold } = await register();
    expect(await untold.find('register')).toEqual({ state: 'repeat' });
  });

  it('takes no customer by its webhook while another onboarding has the e-mail: it may be that one’s', async () => {
    const told = { kind: 'customer.created', by: 'finhub', occurredAt: '2030-01-01T00:00:01Z' };
    const steps = new RecordingSteps([{ ...told, customerId: 'customer-9' }]);
    await register({ steps, hasRival: true });
    expect(await steps.find('register')).toEqual({ state: 'repeat' });
  });
});

/** What is recorded of the first step stands; the second is tried again. */
class TryingTwice extends RecordingSteps {
  override async once<Result>(
    name: string,
    call: (call: Call) => Promise<Result>,
    options: OnceOptions<Result>,
  ): Promise<Result> {
    return super.once(name, call, options).catch(() => super.once(name, call, options));
  }
}

function refusesAllBut(known: string): NonNullable<FakeTenant['registerIndividual']> {
  const refused = {
    kind: 'misconfigured',
    code: 'category_refused',
    endpoint: 'registerIndividual',
  } as const;
  return async ({ category }) => {
    if (category.id !== known) throw new FinhubFailure(refused);
    return registered;
  };
}
