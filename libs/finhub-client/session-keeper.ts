import type { Clock } from '#platform/clock.js';
import type { Call } from './call.js';
import { FinhubFailure } from './failure.js';
import type { OperationName } from './operations.js';
import type { Session } from './sessions.js';
import { unlessGivenUp } from './unless-given-up.js';

/** After a failed login everybody gets that failure for so long, so that thousands of calls do not storm the door. */
const failurePauseMs = 1_000;
const failurePauseMaxMs = 60_000;

interface Held {
  readonly session: Session;
  readonly renewAtMs: number;
  readonly endsAtMs: number;
}

/**
 * Keeps a session of any kind: one login however many ask at once, renewed by another one in the background 60 s (or a fifth
 * of its life) before its token ends, and again after a 401 (CONTRACT.md U19). A failing renewal disturbs nobody while the
 * old token is good.
 */
export class SessionKeeper {
  #held: Held | undefined;
  #login: Promise<Session> | undefined;
  #failed: { readonly failure: Error; readonly untilMs: number } | undefined;

  constructor(
    private readonly logIn: () => Promise<Session>,
    private readonly clock: Clock,
    private readonly endpoint: OperationName,
  ) {}

  /** A session whose token is good. Throws the login's failure, or `call_aborted` when the call ends first. */
  async get(call: Call): Promise<Session> {
    const nowMs = this.clock.monotonicMs();
    if (!this.#held || nowMs >= this.#held.endsAtMs) return unlessGivenUp(this.#renew(), call, this.endpoint);
    if (nowMs >= this.#held.renewAtMs) this.#renew().catch(() => undefined);
    return this.#held.session;
  }

  /** After a 401: a session other than the refused one, by a new login unless somebody has made one already. */
  async replace(refused: Session, call: Call): Promise<Session> {
    if (this.#held?.session === refused) this.#held = undefined;
    return this.get(call);
  }

  #renew(): Promise<Session> {
    if (this.#login) return this.#login;
    if (this.#failed && this.clock.monotonicMs() < this.#failed.untilMs)
      return Promise.reject(this.#failed.failure);
    this.#login = this.#logInOnce().finally(() => {
      this.#login = undefined;
    });
    return this.#login;
  }

  async #logInOnce(): Promise<Session> {
    const startedAtMs = this.clock.monotonicMs();
    try {
      const session = await this.logIn();
      const marginMs = Math.min(60_000, session.lifetimeMs / 5);
      const endsAtMs = startedAtMs + session.lifetimeMs;
      this.#held = { session, renewAtMs: endsAtMs - marginMs, endsAtMs };
      this.#failed = undefined;
      return session;
    } catch (error) {
      const failure = error as Error;
      const askedMs = failure instanceof FinhubFailure ? (failure.retryAfterMs ?? 0) : 0;
      const pauseMs = Math.min(Math.max(askedMs, failurePauseMs), failurePauseMaxMs);
      this.#failed = { failure, untilMs: this.clock.monotonicMs() + pauseMs };
      throw failure;
    }
  }
}
