import type { Consent, OnboardingRequest, Signatory } from '#contracts/request.js';

const order: readonly Consent['type'][] = ['terms', 'privacy', 'data-processing'];

/** Terms, privacy, data-processing: the oldest pages ask for this order, the newer ones take any (CONTRACT.md U10b). */
export function inFinhubsOrder(consents: readonly Consent[]): Consent[] {
  return [...consents].sort((a, b) => order.indexOf(a.type) - order.indexOf(b.type));
}

/**
 * Who signs for an organization: whom the request names, else the legal representative: the employee marked as primary
 * owner, else the first `ADMIN_USER` (CONTRACT.md U17). Individuals sign for themselves.
 */
export function signatoryOf(request: OnboardingRequest): Signatory | undefined {
  if (request.kind === 'individual') return undefined;
  if (request.signatory !== undefined) return request.signatory;
  const representative =
    request.employees.find((employee) => employee.isPrimaryOwner === true) ??
    request.employees.find((employee) => employee.roles.includes('ADMIN_USER'));
  if (representative === undefined) return undefined;
  const { person, position } = representative;
  return { name: `${person.firstName} ${person.lastName}`, position, email: person.email };
}
