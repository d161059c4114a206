import type { Asked } from './seen.js';

/** What a request asks for, as whoever submits it counts it: no event of ours is believed. */
export function askedBy(request: Readonly<Record<string, unknown>>): Asked {
  const count = (field: string): number => {
    const listed = request[field];
    return Array.isArray(listed) ? listed.length : 0;
  };
  return {
    employee: count('employees'),
    director: count('directors'),
    shareholder: count('shareholders'),
    document: count('documents'),
    consent: count('consents'),
  };
}
