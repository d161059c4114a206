import { crc32 } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { parse } from 'yaml';
import { onboardingCommand } from '#contracts/commands.js';
import type { Contract } from '#contracts/contract.js';
import { parseEnvelope, type Envelope } from '#contracts/envelope.js';
import { onboardingRefused } from '#contracts/events.js';
import { asyncApiFile } from '#contracts/generate/asyncapi.js';
import { examplesOf } from '#contracts/generate/examples.js';
import { onboardingCircuit } from '#contracts/operational-topics.js';
import { onboardingRequested } from '#contracts/requested.js';
import { systemClock } from '#platform/clock.js';
import { runtimeContracts } from '#stage-service/runtime-contracts.js';
import { watchedCircuits } from '#stage/circuit-watch.js';
import type { OutgoingRecord } from '#stage/kafka-producer.js';
import { GatewayRecords } from '../apps/gateway/publishing/gateway-records.js';

interface Message {
  readonly headers: { readonly properties: Readonly<Record<string, object>> };
}

const onboarding = {
  onboardingId: '3f0c5c2e-7a51-4f43-9a0f-0d3c1d8f2b11',
  tenantId: 'demo',
  requestId: 'request-0001',
  applicantKind: 'individual' as const,
};
const gateway = new GatewayRecords(systemClock);

const published: readonly (readonly [Contract, OutgoingRecord])[] = [
  [onboardingRequested, gateway.requested(onboarding, new Date(0))],
  [onboardingRefused, gateway.refused(onboarding, onboardingRefused.example)],
  [onboardingCommand, gateway.command(onboarding, onboardingCommand.example)],
  [onboardingCircuit, circuitOpened()],
];

describe('the documented example', () => {
  test.each(published.map(([contract, record]) => [contract.type, contract, record] as const))(
    'of %s has the attributes of the record that is published',
    (_type, contract, { value }) => {
      const [example] = examplesOf(contract);
      const told = parseEnvelope(Buffer.from(value ?? ''));
      expect(attributesOf(example)).toEqual(attributesOf(told));
      for (const { source, stage } of [example ?? told, told])
        expect(source).toBe(`/finhub-onboarding/${stage}`);
      expect(example?.sequence).toBe(told.sequence);
    },
  );
});

test('the documented header of a record is the checksum that it is published with', () => {
  const { components } = parse(asyncApiFile()) as { components: { messages: Record<string, Message> } };
  for (const [contract, { value, headers }] of published) {
    const documented = components.messages[contract.type]?.headers.properties ?? {};
    expect(Object.keys(documented)).toEqual(expect.arrayContaining(Object.keys(headers ?? {})));
    expect(headers).toEqual({
      crc32: crc32(value ?? '')
        .toString(16)
        .padStart(8, '0'),
    });
  }
});

function attributesOf(envelope: Envelope | undefined): string[] {
  return Object.keys(envelope ?? {}).sort();
}

/** What a stage's process publishes once a step has failed for three applicants. */
function circuitOpened(): OutgoingRecord {
  const records: OutgoingRecord[] = [];
  const circuits = watchedCircuits({
    stage: 'verification',
    owner: 'host:4711:1f0c1b86',
    contracts: runtimeContracts,
    holdMs: 1_000,
    clock: systemClock,
    logger: pino({ level: 'silent' }),
    publish: (record) => {
      records.push(record);
      return Promise.resolve();
    },
  });
  const circuit = { tenantId: 'demo', host: 'finhub', stepKind: 'upload' };
  for (const id of ['a', 'b', 'c'])
    circuits.failed(circuit, id, { kind: 'unknown-outcome', code: 'server_error' });
  const [record] = records;
  if (record === undefined) throw new Error('no circuit opened');
  return record;
}
