import type { State } from '../state/state.js';
import type { CallRequest } from './call.js';

/**
 * The e-mail, in lower case, of the customer that a call is about: of a registration its own, else that of the customer or
 * verification which path or body names. Undefined for calls about nobody, or about nobody known.
 */
export function applicantOf(
  { params, body }: Pick<CallRequest, 'params' | 'body'>,
  state: State,
): string | undefined {
  const sent = textsOf(body);
  const verification = state.verifications.get(textOf(params['verificationId']));
  const id =
    verification?.customerId ?? params['customerId'] ?? params['organizationId'] ?? sent['customerId'];
  const email = id === undefined ? sent['email'] : state.customers.get(textOf(id))?.email;
  return email?.toLowerCase();
}

function textsOf(body: unknown): Readonly<Record<string, string | undefined>> {
  const entries = typeof body === 'object' && body !== null ? Object.entries(body) : [];
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

function textOf(parameter: string | string[] | undefined): string {
  return typeof parameter === 'string' ? parameter : '';
}
