import { onboardingDeadLetter, type DeadLetter } from '#contracts/operational-topics.js';
import { garbageHeader, type Finding, type SeenRecord } from '../seen.js';

/** What is marked as garbage has become a dead letter, and nothing else has. */
export function judgeDeadLetters(records: readonly SeenRecord[]): Finding[] {
  const byPlace = new Map(records.map((record) => [placeOf(record), record]));
  const letters = records.filter(({ topic }) => topic === onboardingDeadLetter.topic).flatMap(readLetter);
  const kept = new Set(letters.map(placeOf));
  const dropped = records
    .filter((record) => isGarbage(record) && !kept.has(placeOf(record)))
    .map((record) => ({
      rule: 'dropped',
      sentence: `${placeOf(record)} cannot be read, and no dead letter has it.`,
    }));
  const needless = letters
    .filter((letter) => !isGarbage(byPlace.get(placeOf(letter))))
    .map((letter) => ({
      rule: 'needless-dead-letter',
      sentence: `${placeOf(letter)} is a dead letter of ${letter.consumer} (${letter.reason}), and nobody put garbage there.`,
    }));
  return [...dropped, ...needless];
}

function isGarbage(record: SeenRecord | undefined): boolean {
  return record !== undefined && garbageHeader in record.headers;
}

function readLetter({ value }: SeenRecord): DeadLetter[] {
  return value === null ? [] : [(JSON.parse(value.toString()) as { data: DeadLetter }).data];
}

function placeOf({ topic, partition, offset }: Pick<SeenRecord, 'topic' | 'partition' | 'offset'>): string {
  return `${topic}/${partition}/${offset}`;
}
