import { onboardingCommand } from '#contracts/commands.js';
import type { Contract } from '#contracts/contract.js';
import { parseEvent, UnreadableRecord, type OnboardingEvent } from '#contracts/envelope.js';
import { parseRequested } from '#contracts/intake.js';
import { onboardingIdOf } from '#contracts/onboarding-id.js';
import { onboardingDeadLetter } from '#contracts/operational-topics.js';
import { onboardingRequested } from '#contracts/requested.js';
import { hasRightChecksum } from '#stage/checksum.js';
import type { ConsumedRecord } from '#stage/kafka-consumer.js';
import { is } from './journey.rules.js';

/**
 * Reads a record into an event that can be kept: checked against its topic's contract, its time in one notation, with
 * nothing that Postgres cannot store and without what may be personal (the intake's data; the result in a `resolve`).
 * Throws {@link UnreadableRecord}, never with the record's content.
 */
export function readRecord(record: ConsumedRecord, contract: Contract): OnboardingEvent {
  if (!hasRightChecksum(record)) throw new UnreadableRecord('wrong_checksum');
  const event = parse(record, contract);
  if (!hasOwnKey(record, event) || !hasOwnSubject(event)) throw new UnreadableRecord('wrong_key');
  const kept = { ...event, time: new Date(event.time).toISOString(), data: withoutPersonal(event) };
  return record.value?.includes('\\u') ? storable(kept) : kept;
}

/** A request is read as registration reads it: without what an upstream leaves out, and without its free text. */
function parse({ value, appendedAtMs = 0 }: ConsumedRecord, contract: Contract): OnboardingEvent {
  return contract.type === onboardingRequested.type
    ? parseRequested(value, new Date(appendedAtMs))
    : parseEvent(value, contract);
}

/** A request's id follows from what it says, whatever an upstream took as the key. */
function hasOwnKey({ key }: ConsumedRecord, event: OnboardingEvent): boolean {
  return is(event, onboardingRequested) || key?.toString() === event.onboardingId;
}

/** Tenant and onboarding can't be told apart wrongly: one follows from the other. Commands and dead letters start none. */
function hasOwnSubject(event: OnboardingEvent): boolean {
  if (is(event, onboardingCommand) || is(event, onboardingDeadLetter)) return true;
  return event.onboardingId === onboardingIdOf(event.tenantId, event.requestId);
}

function withoutPersonal(event: OnboardingEvent): unknown {
  if (is(event, onboardingRequested)) return {};
  if (!is(event, onboardingCommand) || event.data.command !== 'resolve') return event.data;
  const { result: _result, ...data } = event.data;
  return data;
}

/**
 * Replaces what Postgres' text and jsonb refuse, NUL and lone surrogates, by U+FFFD. `JSON.stringify` escapes exactly
 * these; a backslash of the text itself comes as a pair.
 */
function storable(event: OnboardingEvent): OnboardingEvent {
  const text = JSON.stringify(event).replaceAll(/\\(?:\\|u0000|ud[89a-f][0-9a-f]{2})/gu, (found) =>
    found === '\\\\' ? found : '\u{FFFD}',
  );
  return JSON.parse(text) as OnboardingEvent;
}
