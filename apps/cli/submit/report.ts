import { sentenceOf } from '#contracts/reason-codes.js';
import { visible } from '../terminal/visible.js';
import type { Fault } from './submit-line.js';
import type { Tally } from './tally.js';

/** The closing report for a person: how many, then each line that was not accepted and why. */
export function reportText(file: string, tally: Tally, isDryRun: boolean): string {
  const left = tally.total - tally.answered;
  const counts = [
    `${String(tally.accepted)} ${isDryRun ? 'valid' : 'accepted'}`,
    ...(tally.before > 0 ? [`${String(tally.before)} accepted before`] : []),
    `${String(tally.count('refused'))} refused`,
    ...(tally.count('failed') > 0 ? [`${String(tally.count('failed'))} failed`] : []),
    ...(left > 0 ? [`${String(left)} left`] : []),
  ];
  const inOrder = [...tally.faults].sort((a, b) => a.line - b.line);
  const reason = inOrder.find(({ verdict }) => verdict === 'cut-off');
  return [
    `${file}: ${counts.join(', ')} of ${String(tally.total)}\n`,
    ...inOrder.map(faultText),
    ...(reason !== undefined && 'sentence' in reason ? [`${reason.sentence}\n`] : []),
    ...(left > 0 ? ['Cut off: the same command goes on from here.\n'] : []),
  ]
    .map(visible)
    .join('');
}

function faultText(fault: Fault): string {
  const name = `line ${String(fault.line)}${fault.requestId === undefined ? '' : `  ${fault.requestId}`}`;
  if (fault.verdict === 'failed') return `  ${name}  ${fault.sentence}\n`;
  if (fault.verdict !== 'refused') return '';
  const { code, detail, errors } = fault.why;
  const faults = errors.map(({ pointer, code: its, message }) => {
    const place = fault.isBare ? pointer.replace(/^\/request(?=\/|$)/u, '') : pointer;
    return `    ${place || '/'}  ${its}  ${message}\n`;
  });
  return `  ${name}  ${code}: ${detail ?? sentenceOf(code)}\n${faults.join('')}`;
}
