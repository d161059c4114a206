import type { z } from 'zod';

/** Who may be the subject of an onboarding. */
export type ApplicantKind = 'individual' | 'organization';

/** The stages of the journey, in no order; `journey.ts` orders them. */
export type Stage = 'registration' | 'personnel' | 'verification' | 'consent' | 'activation';

/**
 * What an event or a command looks like: where it is published, how its data is shaped, and an example that the tests
 * validate. The AsyncAPI file, the JSON Schemas and the topics are made from the contracts; nothing else names a topic.
 */
export interface Contract<Data = unknown> {
  /** CloudEvents `type`, e.g. `onboarding.registered.v1`. */
  readonly type: string;
  /** Kafka topic. The record key is always the onboarding id. */
  readonly topic: string;
  /** One sentence for the generated documentation. */
  readonly summary: string;
  readonly schema: z.ZodType<Data>;
  /** A valid value of `data`. */
  readonly example: Data;
}

/** A fact that a handler returns: the runtime wraps it into an envelope and publishes it. */
export interface Fact<Data = unknown> {
  readonly contract: Contract<Data>;
  readonly data: Data;
}

/** A contract that is also the function that makes its fact: `onboardingRegistered({ customerId, userId })`. */
export type FactContract<Data> = Contract<Data> & ((data: Data) => Fact<Data>);

/** Defines a contract; the result is called with data to make a fact of it. */
export function defineContract<Data>(definition: Contract<Data>): FactContract<Data> {
  return Object.assign((data: Data): Fact<Data> => ({ contract: definition, data }), definition);
}
