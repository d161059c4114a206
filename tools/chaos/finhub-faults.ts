import type { Action } from './action.js';
import type { Random } from './random.js';

/** The calls whose effect may happen once: where a lost answer costs most. */
const onceOnly = [
  'registerIndividual',
  'registerOrganization',
  'addEmployee',
  'addDirector',
  'addShareholder',
  'openVerification',
  'uploadDocument',
  'activateIndividual',
  'activateOrganization',
];
const others = [
  'acceptIndividualConsent',
  'acceptOrganizationConsent',
  'decideVerification',
  'createAdminSession',
  'listEmployees',
  'listWallets',
  'checkIndividualReadiness',
  'checkOrganizationReadiness',
];
const inAnswers = ['error-before', 'error-after', 'lost-answer', 'hang', 'late-effect', 'delay'];
const inRefusals = ['rate-limit', 'rate-limit-date', 'redirect', 'revoked-token', 'outage'];
const inBodies = ['html', 'empty', 'truncated', 'wrong-envelope', 'huge', 'unknown-enum'];
const inWebhooks = ['duplicate', 'disorder', 'drop'];

/** Every kind of fault that the sandbox has (docs/sandbox.md). */
export const finhubFaultKinds: readonly string[] = [...inAnswers, ...inRefusals, ...inBodies, ...inWebhooks];

/**
 * Times of calls and their settling while chaos reigns: what FinHub has not done by then it will not do. Long, for on a
 * busy machine its stand-in gets to a call seconds after the caller gave up.
 */
export const chaosTimes = { callLimitMs: 3_000, settleMs: 20_000, evidenceMs: 10_000 } as const;
/** A late effect comes after we gave up and within the settle time: what comes later is the residual of the guarantees. */
const lateEffectMs = {
  least: chaosTimes.callLimitMs + 500,
  most: chaosTimes.callLimitMs + chaosTimes.settleMs - 3_000,
};

/** A fault of that kind somewhere, for a while or for some calls. */
export function finhubFault(kind: string, random: Random): Action {
  const forMs = random.between(5_000, 20_000);
  if (kind === 'outage')
    return {
      kind: 'finhub',
      name: kind,
      fault: { endpoint: '*', kind },
      forMs: random.between(5_000, 75_000),
    };
  const endpoint = inWebhooks.includes(kind)
    ? 'webhook:*'
    : random.pick([...onceOnly, ...onceOnly, ...others, '*']);
  const fault = { endpoint, kind, times: random.between(1, 8), ...delayOf(kind, random) };
  return { kind: 'finhub', name: kind, fault, forMs };
}

function delayOf(kind: string, random: Random): { delayMs?: number } {
  if (kind === 'late-effect') return { delayMs: random.between(lateEffectMs.least, lateEffectMs.most) };
  if (['delay', 'rate-limit', 'rate-limit-date', 'disorder'].includes(kind))
    return { delayMs: random.between(500, 4_000) };
  return {};
}
