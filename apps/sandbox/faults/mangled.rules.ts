import type { Answer } from '../http/answer.js';
import type { FaultKind } from './fault.js';

const hugeBytes = 10 * 1_024 * 1_024;

/** What a client gets to read in place of `answer`. */
export function mangled(kind: FaultKind, answer: Answer): { type: 'html' | 'json'; body: string } {
  switch (kind) {
    case 'html':
      return { type: 'html', body: '<!doctype html><title>Just a moment</title><h1>Please wait</h1>' };
    case 'empty':
      return { type: 'json', body: '' };
    case 'truncated': {
      const json = JSON.stringify(answer);
      return { type: 'json', body: json.slice(0, Math.floor(json.length / 2)) };
    }
    case 'wrong-envelope':
      return { type: 'json', body: JSON.stringify({ result: 'ok', payload: [answer.data] }) };
    case 'huge':
      return { type: 'json', body: JSON.stringify({ ...answer, padding: 'x'.repeat(hugeBytes) }) };
    default:
      return { type: 'json', body: JSON.stringify({ ...answer, data: withUnknownEnums(answer.data) }) };
  }
}

/** Whatever is written in capitals is a word of FinHub's: `PENDING`, `CS_REGISTRATION_COMPLETED`, `KYC`. */
function withUnknownEnums(value: unknown): unknown {
  if (typeof value === 'string') return /^[A-Z][A-Z_]{2,}$/u.test(value) ? 'SOMETHING_NEW' : value;
  if (Array.isArray(value)) return value.map(withUnknownEnums);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withUnknownEnums(inner)]));
}
