import { stringify } from 'yaml';
import { allContracts } from '../all-contracts.js';
import type { Contract } from '../contract.js';
import { checksumHeader } from '../envelope.js';
import { topics } from '../topics.js';
import { examplesOf } from './examples.js';
import { recordSchemaOf } from './json-schemas.js';

const description = `Every event and command of the pipeline. Records are CloudEvents 1.0 in structured mode: one JSON value
that explains itself. The key is always the onboarding id, so one onboarding keeps its order within a topic.

Delivery is at least once; a duplicate has the same \`id\`. Within a stage of an onboarding \`sequence\` is gapless from 1,
and the journey orders the stages: registration, personnel (organizations only), verification, consent, activation.
Only \`onboarding.requested.v1\` may hold personal data. Reason codes are explained in errors.md.`;

/** What upstreams, ops and gateway publish and the pipeline reads; all other topics are read by whoever wants to know. */
const received = new Set(['onboarding.requested.v1', 'onboarding.command.v1']);

/** The text of `docs/asyncapi.yaml` (AsyncAPI 3.0), from the contracts. */
export function asyncApiFile(): string {
  const document = {
    asyncapi: '3.0.0',
    info: { title: 'FinHub onboarding', version: '1.0.0', description },
    defaultContentType: 'application/cloudevents+json',
    channels: byType(channelOf),
    operations: byType(operationOf),
    components: { messages: byType(messageOf) },
  };
  return stringify(document, { aliasDuplicateObjects: false, lineWidth: 0 });
}

function byType(partOf: (contract: Contract) => object): Record<string, object> {
  return Object.fromEntries(allContracts.map((contract) => [contract.type, partOf(contract)]));
}

function channelOf({ type, topic, summary }: Contract): object {
  const definition = topics().find((its) => its.topic === topic);
  const config = definition?.config ?? {};
  return {
    address: topic,
    summary,
    messages: { [type]: { $ref: `#/components/messages/${type}` } },
    bindings: {
      kafka: {
        topic,
        partitions: definition?.partitions,
        topicConfiguration: {
          'cleanup.policy': [config['cleanup.policy']],
          ...numberOf(config, 'retention.ms'),
          ...numberOf(config, 'max.message.bytes'),
        },
        bindingVersion: '0.5.0',
      },
    },
  };
}

function operationOf({ type, summary }: Contract): object {
  return {
    action: received.has(type) ? 'receive' : 'send',
    summary,
    channel: { $ref: `#/channels/${type}` },
    messages: [{ $ref: `#/channels/${type}/messages/${type}` }],
  };
}

function messageOf(contract: Contract): object {
  const { type, summary } = contract;
  return {
    name: type,
    title: type,
    summary,
    contentType: 'application/cloudevents+json',
    headers: {
      type: 'object',
      properties: {
        traceparent: { type: 'string', description: 'W3C Trace Context.' },
        [checksumHeader]: {
          type: 'string',
          pattern: '^[0-9a-f]{8}$',
          description:
            'CRC-32 of the value, eight hex digits; a record that does not match is a dead letter. Upstreams may leave it out.',
        },
      },
    },
    payload: recordSchemaOf(contract),
    bindings: { kafka: { key: { type: 'string', format: 'uuid' }, bindingVersion: '0.5.0' } },
    examples: examplesOf(contract).map((payload) => ({ payload })),
  };
}

function numberOf(config: Readonly<Record<string, string>>, name: string): object {
  return config[name] === undefined ? {} : { [name]: Number(config[name]) };
}
