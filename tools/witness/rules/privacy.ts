import { onboardingRequested } from '#contracts/requested.js';
import { formsOf } from '../canary-forms.js';
import type { Finding, SeenRecord } from '../seen.js';

/** No record of a topic but the intake's has a canary: not in key, value or header, nor in hex or base64. */
export function judgePrivacy(records: readonly SeenRecord[], canaries: readonly string[]): Finding[] {
  const forms = canaries.map((canary) => ({ canary, forms: formsOf(canary) }));
  return records
    .filter(({ topic }) => topic !== onboardingRequested.topic)
    .flatMap((record) => {
      const text = [record.key, record.value?.toString() ?? '', JSON.stringify(record.headers)].join('\n');
      const found = forms.find((its) => its.forms.some((form) => text.includes(form)));
      if (found === undefined) return [];
      const { topic, partition, offset } = record;
      return [{ rule: 'personal-data', sentence: `${topic}/${partition}/${offset} holds ${found.canary}.` }];
    });
}
