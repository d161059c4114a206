import type { AcknowledgedRequest } from '../witness/seen.js';
import type { Action } from './action.js';
import type { Ops, ParkedOnboarding } from './ops.js';
import { inVain, type Outcome } from './outcome.js';
import type { Sandbox } from './sandbox.js';
import { isToldByLedger, resolveTruly } from './truth.js';
import { pause, waitFor } from './wait-for-condition.js';

type CommandAction = Action & { readonly kind: 'command' };

/** What commands are given with. */
export interface CommandTools {
  readonly ops: Ops;
  readonly sandbox: Sandbox;
  readonly load: { readonly acknowledged: readonly AcknowledgedRequest[] };
  /** Ends waits: the chaos is over. */
  readonly signal: AbortSignal;
}

const forParked = ['replay', 'correct', 'resolve'];
/** How long such a command waits for one that is parked. */
const parkedWithinMs = 30_000;
const lookIntervalMs = 1_000;
/** The other commands go to one of so many that asked last. */
const newestCount = 30;

/** Gives the commands of the schedule, each to an onboarding to which it may mean something. */
export class CommandHands {
  constructor(private readonly tools: CommandTools) {}

  async perform(action: CommandAction): Promise<Outcome> {
    const { command, pick } = action;
    const among = forParked.includes(command) ? await this.parkedFor(command) : this.newest();
    const chosen = among[Math.floor(pick * among.length)];
    if (chosen === undefined) return inVain('there was none');
    const { how, told } = await this.give(action, chosen);
    return { how, told: `${chosen.onboardingId}: ${told}` };
  }

  private async give(
    { command, pick, forMs }: CommandAction,
    { onboardingId: id, step = '' }: ParkedOnboarding,
  ): Promise<Outcome> {
    const { ops, signal } = this.tools;
    switch (command) {
      case 'correct':
        return ops.correct(id, this.phoneOf(id), newPhone(pick));
      case 'resolve':
        return this.resolve(id, step);
      case 'pause': {
        const { how, told } = await ops.give(id, { command });
        if (how !== 'done') return { how, told };
        await pause(forMs, signal);
        return { how, told: `${told}, resume ${(await ops.give(id, { command: 'resume' })).told}` };
      }
      default:
        return ops.give(id, { command });
    }
  }

  /** Says what became of a step in doubt. */
  private async resolve(id: string, step: string): Promise<Outcome> {
    const { ops, sandbox } = this.tools;
    const request = this.requestOf(id);
    if (request === undefined) return inVain('nobody knows who asked');
    const asked = await resolveTruly(step, request, sandbox);
    const { how, told } = await ops.give(id, asked);
    return { how, told: `${step} has ${asked['hasHappened'] === true ? '' : 'not '}happened, ${told}` };
  }

  private newest(): readonly ParkedOnboarding[] {
    return this.tools.load.acknowledged.slice(-newestCount);
  }

  private async parkedFor(command: string): Promise<readonly ParkedOnboarding[]> {
    const { ops, signal } = this.tools;
    let parked: readonly ParkedOnboarding[] = [];
    const isThere = async (): Promise<boolean> => {
      parked = (await ops.parked()).filter((its) => command !== 'resolve' || this.isResolvable(its));
      return parked.length > 0 || signal.aborted;
    };
    await waitFor(isThere, parkedWithinMs, lookIntervalMs);
    return parked;
  }

  private isResolvable({ onboardingId, step, isInDoubt }: ParkedOnboarding): boolean {
    return isInDoubt === true && isToldByLedger(step) && this.requestOf(onboardingId) !== undefined;
  }

  /** Where its request has a phone number. */
  private phoneOf(id: string): string {
    return `/${this.requestOf(id)?.applicantKind ?? 'individual'}/phone`;
  }

  private requestOf(id: string): AcknowledgedRequest | undefined {
    return this.tools.load.acknowledged.find(({ onboardingId }) => onboardingId === id);
  }
}

/** Nobody else's. */
function newPhone(pick: number): string {
  return `+3707${Math.floor(pick * 10_000_000)
    .toString()
    .padStart(7, '0')}`;
}
