import { z } from 'zod';

/**
 * Kinds of values that settings have, and the settings that several services have. Put `.meta({ description, example,
 * isSecret })` **last**: zod keeps what is said about a schema by instance.
 */

/** A whole number between two bounds, both included. */
export function wholeNumber(min: number, max: number) {
  const error = `expected a whole number from ${min} to ${max}`;
  const number = z.number({ error }).int({ error }).min(min, { error }).max(max, { error });
  return z
    .string()
    .transform((value) => (/^-?\d+$/u.test(value) ? Number(value) : Number.NaN))
    .pipe(number);
}

/** `true` or `false`; also `1`, `0`, `yes`, `no`, `on`, `off`. */
export function flag() {
  return z.stringbool({ error: 'expected true or false' });
}

/** Values between commas, at least one. */
export function list(item: z.ZodType<string, string>) {
  const items = z.array(item).min(1, { error: 'expected at least one value' });
  return z
    .string()
    .transform((value) => value.split(',').map((part) => part.trim()))
    .pipe(items);
}

const brokerAddress = z.string().regex(/^[^\s:,]+:\d{1,5}$/u, { error: 'expected host:port' });

/** Settings that every service has. */
export const serviceSettings = {
  PORT: wholeNumber(0, 65_535)
    .default(0)
    .meta({ description: 'the HTTP port; 0 takes any free one', example: '3000' }),
  HOST: z
    .string()
    .default('127.0.0.1')
    .meta({ description: 'the address to listen on; 0.0.0.0 in a container', example: '127.0.0.1' }),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
      error: 'expected fatal, error, warn, info, debug, trace or silent',
    })
    .default('info')
    .meta({ description: 'the least severe lines that are logged', example: 'info' }),
  LOG_FORMAT: z
    .enum(['json', 'pretty'], { error: 'expected json or pretty' })
    .default('json')
    .meta({ description: 'json for machines, pretty for people', example: 'json' }),
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url({ error: 'expected a URL' }).optional().meta({
    description: 'where traces are sent, by OTLP over HTTP; without it there are none',
    example: 'http://127.0.0.1:4318',
  }),
};

/** Settings of a service that uses Postgres. */
export const databaseSettings = {
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/u, error: 'expected a postgres:// URL' }).meta({
    description: 'the Postgres database, with the role of this service',
    example: 'postgres://registration:secret@127.0.0.1:5432/onboarding',
    isSecret: true,
  }),
  DATABASE_CONNECTIONS_MAX: wholeNumber(1, 200).default(10).meta({
    description: 'connections that one process may hold; a stage with a quota to keep holds one more',
    example: '10',
  }),
};

/** Settings of a service that uses Kafka; {@link kafkaConnection} makes of them what a client wants. */
export const kafkaSettings = {
  KAFKA_BROKERS: list(brokerAddress).meta({
    description: 'brokers to start from, host:port with commas between',
    example: '127.0.0.1:9092',
  }),
  KAFKA_SSL: flag().default(false).meta({ description: 'speak TLS to the brokers', example: 'true' }),
  KAFKA_SASL_MECHANISM: z
    .enum(['plain', 'scram-sha-256', 'scram-sha-512'], {
      error: 'expected plain, scram-sha-256 or scram-sha-512',
    })
    .optional()
    .meta({ description: 'how to log in to the brokers', example: 'scram-sha-512' }),
  KAFKA_SASL_USERNAME: z
    .string()
    .optional()
    .meta({ description: 'the user at the brokers', example: 'registration' }),
  KAFKA_SASL_PASSWORD: z
    .string()
    .optional()
    .meta({ description: 'its password', example: 'secret', isSecret: true }),
};
