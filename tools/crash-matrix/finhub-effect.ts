import { operations, type Effect, type Operation } from '#finhub-client/operations.js';

/** What an operation does at FinHub, as the client's table says; one that is not in it does nothing. */
export function effectOf(operation: string): Effect {
  return (operations as Readonly<Record<string, Operation>>)[operation]?.effect ?? 'none';
}
