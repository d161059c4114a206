import { reasonCodes, type ReasonCode } from '#contracts/reason-codes.js';
import { visible } from '../terminal/visible.js';
import type { Status, TimelineEntry } from '#gateway-client/onboarding-status.js';

/** What is told of an onboarding, as lines for a person. */
export function statusText(status: Status): string {
  const lines = [
    ['onboarding', status.onboardingId],
    ['request', `${status.requestId} (tenant ${status.tenantId}${after(', ', status.applicantKind)})`],
    ['state', standingText(status)],
    ...reasonLines(status.code).map((line) => ['', line]),
    ...(status.errors ?? []).map(({ pointer, code, message }) => [
      '',
      `${pointer || '/'}  ${code}  ${message}`,
    ]),
    ['step', stepText(status)],
    ['due', dueText(status)],
    ['customer', status.customerId],
    ['IBAN', status.iban],
    ['note', status.detail],
    ...(status.timeline ?? []).map((entry, index) => [index === 0 ? 'timeline' : '', timelineText(entry)]),
  ];
  const shown = lines.filter(([, text]) => text !== undefined && text !== '');
  return shown.map(([name = '', text = '']) => `${name.padEnd(12)}${visible(text)}\n`).join('');
}

/** State, stage and reason in one line. */
export function standingText({ state, stage, code, since }: Status): string {
  return `${state}${after(' at ', stage)}${after(': ', code)}${after(', since ', since)}`;
}

/** What a reason code says and what to do about it; nothing for a code that is not in the catalogue. */
function reasonLines(code: string | undefined): string[] {
  if (code === undefined || !Object.hasOwn(reasonCodes, code)) return [];
  const { sentence, remedy } = reasonCodes[code as ReasonCode];
  return [sentence, `→ ${remedy}`];
}

function stepText({ step, attempts, lastAnswer }: Status): string | undefined {
  if (step === undefined) return undefined;
  const answer = [lastAnswer?.status, lastAnswer?.excerpt].filter((part) => part !== undefined).join(' ');
  return `${step}, ${String(attempts ?? 0)} attempts${after(', last answer ', answer === '' ? undefined : answer)}`;
}

function dueText({ due }: Status): string | undefined {
  if (due === undefined) return undefined;
  return `${due.step}${after(', looks again at ', due.nextAt)}${after(', until ', due.deadlineAt)}`;
}

const detailNames = [
  'command',
  'outcome',
  'kind',
  'step',
  'attempt',
  'code',
  'status',
  'nextAt',
  'by',
  'why',
];

function timelineText(entry: TimelineEntry): string {
  const details = detailNames.flatMap((name) => {
    const value = entry[name];
    return typeof value === 'string' || typeof value === 'number' ? [`${name}=${String(value)}`] : [];
  });
  return [entry.at, entry.stage.padEnd(12), entry.what.padEnd(10), ...details].join('  ').trimEnd();
}

function after(prefix: string, text: string | undefined): string {
  return text === undefined ? '' : `${prefix}${text}`;
}
