import { z } from 'zod';

/**
 * Where CONTRACT.md (d) leaves two readings, a switch chooses the one that is not the default. Named in
 * `SANDBOX_SWITCHES` with commas between.
 */
export const switchMeanings = {
  'strict-documents': 'approving with a required document missing is refused with 422 (U7)',
  'strict-user-agent': 'calls without a User-Agent are refused with 400 (U21)',
  'lenient-structure': 'missing personnel or shares are warnings of an activation, no refusal (U18)',
  'lenient-bearer': 'a customer token opens the calls that are for admins too (U34)',
  'login-without-keys': 'a login needs neither tenant key nor tenant secret (U20)',
  'show-activation-code': 'a registration answers with the activation code that was mailed (U11)',
  'conflict-shows-customer': 'the 409 of a registration carries the id of the customer (U24)',
  'consent-pending': 'every consent answers PENDING until a readiness check has shown it accepted (U10)',
  'documented-events-only': 'webhooks are sent for the six documented events only (U26)',
} as const;

/** The name of a switch. */
export type Switch = keyof typeof switchMeanings;

/** The switches that are on. */
export type Switches = readonly Switch[];

const names = Object.keys(switchMeanings) as [Switch, ...Switch[]];

/** A setting that names the switches that are on. */
export function switchList() {
  return z
    .string()
    .transform((given) => given.split(',').map((name) => name.trim()))
    .pipe(z.array(z.enum(names, { error: `expected names out of ${names.join(', ')}` })))
    .default([]);
}
