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
const inAnswers = [
  'error-before',
  'error-after',
  'lost-answer',
  'hang',
  'late-effect',
  'late-answer',
  'delay',
];
const inRefusals = ['rate-limit', 'rate-limit-date', 'redirect', 'revoked-token', 'outage'];
const inBodies = ['html', 'empty', 'truncated', 'wrong-envelope', 'huge', 'unknown-enum'];
const inWebhooks = ['duplicate', 'disorder', 'drop'];

/** Every kind of fault that the sandbox has (docs/sandbox.md), and `late-answer`, a `delay` that is longer than we wait. */
export const finhubFaultKinds: readonly string[] = [...inAnswers, ...inRefusals, ...inBodies, ...inWebhooks];

/**
 * Times of calls and their settling while chaos reigns: what FinHub has not done by then it will not do. Long, for on a
 * busy machine its stand-in gets to a call seconds after the caller gave up.
 */
export const chaosTimes = { callLimitMs: 3_000, settleMs: 20_000, evidenceMs: 10_000 } as const;
/**
 * A late effect, with or without its answer, comes after we gave up and within the settle time: what comes later is the
 * residual of the guarantees.
 */
const lateEffectMs = {
  least: chaosTimes.callLimitMs + 500,
  most: chaosTimes.callLimitMs + chaosTimes.settleMs - 3_000,
};
const lateAnswerMs = { least: 4_000, most: 15_000 };
/** In a run of ten minutes and more a long outage takes one to three; in a shorter one as much of it. */
const longOutage = { leastMs: 60_000, mostMs: 180_000, inRunOfMs: 600_000 };

/** A fault of that kind somewhere, for a while or for some calls. */
export function finhubFault(name: string, random: Random): Action {
  const forMs = random.between(5_000, 20_000);
  if (name === 'outage') return outage(forMs);
  const endpoint = inWebhooks.includes(name)
    ? 'webhook:*'
    : random.pick([...onceOnly, ...onceOnly, ...others, '*']);
  const kind = name === 'late-answer' ? 'delay' : name;
  const fault = { endpoint, kind, times: random.between(1, 8), ...delayOf(name, random) };
  return { kind: 'finhub', name, fault, forMs };
}

/** FinHub is away for a good part of the run. */
export function longFinhubOutage(random: Random, lengthMs: number): Action {
  const share = Math.min(1, lengthMs / longOutage.inRunOfMs);
  return outage(Math.round(share * random.between(longOutage.leastMs, longOutage.mostMs)));
}

function outage(forMs: number): Action {
  return { kind: 'finhub', name: 'outage', fault: { endpoint: '*', kind: 'outage' }, forMs };
}

function delayOf(name: string, random: Random): { delayMs?: number } {
  if (name === 'late-effect') return { delayMs: random.between(lateEffectMs.least, lateEffectMs.most) };
  if (name === 'late-answer') return { delayMs: random.between(lateAnswerMs.least, lateAnswerMs.most) };
  if (['delay', 'rate-limit', 'rate-limit-date', 'disorder'].includes(name))
    return { delayMs: random.between(500, 4_000) };
  return {};
}
