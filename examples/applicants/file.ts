import { individuals } from './individuals.js';
import { organizations } from './organizations.js';

/** The 50 applicants, two or three individuals and then an organization. */
export const applicants = [...individuals, ...organizations].sort((a, b) => placeOf(a) - placeOf(b));

/** The text of `examples/applicants.jsonl`; the same at every run. */
export function applicantsFile(): string {
  return applicants.map((applicant) => `${JSON.stringify(applicant)}\n`).join('');
}

function placeOf({ requestId, applicantKind }: (typeof applicants)[number]): number {
  const number = Number(requestId.slice(-2));
  return applicantKind === 'individual' ? number / 35 : (number - 0.5) / 15;
}
