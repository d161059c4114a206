import type { AcknowledgedRequest } from '../witness/seen.js';
import type { Asked } from './ops.js';
import type { Sandbox } from './sandbox.js';

/** Whose customer it is, as far as the one who resolves is told. */
export type Known = Pick<AcknowledgedRequest, 'email'>;

/** Says of a step in doubt what a human would who has looked at FinHub; the ways to look, by the step's name. */
const looks: Readonly<Record<string, (sandbox: Sandbox, known: Known) => Promise<object | undefined>>> = {
  register: async (sandbox, known) => {
    const customerId = await customerOf(sandbox, known);
    return customerId === undefined ? undefined : { customerId, userId: customerId };
  },
  'open-verification': async (sandbox, known) => {
    const customerId = await customerOf(sandbox, known);
    const verificationId = customerId === undefined ? undefined : await sandbox.verificationOf(customerId);
    return verificationId === undefined ? undefined : { verificationId };
  },
};

/** Whether FinHub's ledger tells what became of that step. */
export function isToldByLedger(step: string | undefined): step is string {
  return step !== undefined && Object.hasOwn(looks, step);
}

/** The command that says so. Rejects where the sandbox does not answer, and for a step of which the ledger does not tell. */
export async function resolveTruly(step: string, known: Known, sandbox: Sandbox): Promise<Asked> {
  const look = looks[step];
  if (look === undefined) throw new Error(`Nobody knows where to look for ${step} at FinHub.`);
  const result = await look(sandbox, known);
  return { command: 'resolve', step, hasHappened: result !== undefined, ...(result ? { result } : {}) };
}

/** Who has no e-mail of its own has asked for a person who was a customer by then: another's. */
async function customerOf(sandbox: Sandbox, { email }: Known): Promise<string | undefined> {
  return email === undefined ? undefined : sandbox.customerOf(email);
}
