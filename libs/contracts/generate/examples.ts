import { onboardingCommand, type Command } from '../commands.js';
import type { Contract } from '../contract.js';
import { toEnvelope, type Envelope } from '../envelope.js';
import { factOf } from '../journey.js';
import { eventIdOf, onboardingIdOf } from '../onboarding-id.js';
import { individualRequestExample, organizationRequestExample } from '../request-examples.js';
import { onboardingRequested, type Requested } from '../requested.js';

const base = {
  commandId: '3f0c5c2e-7a51-4f43-9a0f-0d3c1d8f2b11',
  by: 'ops@example',
  why: 'FinHub is back',
};

/** One example of each command: the type makes sure that none is missing. */
const commands: { readonly [Name in Command['command']]: Extract<Command, { command: Name }> } = {
  replay: { command: 'replay', ...base },
  correct: {
    command: 'correct',
    ...base,
    pointer: '/individual/phone',
    correctionId: '5d1f7a8e-0a57-4a3c-8a55-2a4c6b0c9d10',
  },
  resolve: {
    command: 'resolve',
    ...base,
    step: 'register',
    hasHappened: true,
    result: { customerId: base.commandId },
  },
  cancel: { command: 'cancel', ...base },
  pause: { command: 'pause', ...base },
  resume: { command: 'resume', ...base },
  approve: { command: 'approve', ...base },
  erase: { command: 'erase', ...base },
  'look-again': { command: 'look-again', ...base },
  evidence: {
    command: 'evidence',
    ...base,
    kind: 'customer.created',
    occurredAt: '2030-01-01T00:00:00Z',
    customerId: base.commandId,
  },
};

/** What upstreams publish themselves; the gateway's own request is the contract's example. */
const upstreamRequests: readonly Requested[] = [
  { request: { ...individualRequestExample } },
  { request: { ...organizationRequestExample } },
  { sealed: 'eyJhbGciOiJFQ0RILUVTK0EyNTZLVyJ9.…' },
];

/** Valid records of a contract, as they lie on the topic: one of each shape that its data can have. */
export function examplesOf(contract: Contract): readonly Envelope[] {
  const isCommand = contract.type === onboardingCommand.type;
  const examples = isCommand ? Object.values(commands) : [contract.example];
  const ours = examples.map((data, index) => envelopeOf(contract, data, index + 1));
  return contract.type === onboardingRequested.type ? [...ours, ...upstreamRequests.map(ofUpstream)] : ours;
}

function ofUpstream(data: Requested, index: number): Envelope {
  const { sequence: _gateways, ...envelope } = envelopeOf(onboardingRequested, data, index + 2);
  const applicantkind =
    'request' in data && data.request['kind'] === 'organization' ? 'organization' : 'individual';
  return { ...envelope, applicantkind, source: '/shop', stage: 'upstream' };
}

function envelopeOf(contract: Contract, data: unknown, sequence: number): Envelope {
  const onboardingId = onboardingIdOf('demo', 'request-0001');
  const stage = stageOf[contract.type] ?? 'registration';
  return toEnvelope({
    id: eventIdOf(onboardingId, contract.type, sequence),
    type: contract.type,
    time: '2030-01-01T00:00:00.000Z',
    onboardingId,
    tenantId: 'demo',
    requestId: 'request-0001',
    applicantKind: contract.type === 'onboarding.staffed.v1' ? 'organization' : 'individual',
    stage,
    ...(hasSequence(contract) ? { sequence } : {}),
    correlationId: onboardingId,
    data,
  });
}

/** Who publishes it, where that is not the registration. */
const stageOf: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.entries(factOf).map(([stage, { type }]) => [type, stage])),
  'onboarding.requested.v1': 'gateway',
  'onboarding.command.v1': 'gateway',
  'onboarding.state.v1': 'tracker',
  'onboarding.circuit.v1': 'verification',
};

function hasSequence({ type }: Contract): boolean {
  return !['command', 'refused', 'dead-letter', 'state', 'circuit'].some(
    (name) => type === `onboarding.${name}.v1`,
  );
}
