import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#platform/clock.js';
import { SETTINGS, type SandboxSettings } from '../sandbox.settings.js';
import { State } from '../state/state.js';
import type { Session } from './session.js';
import { readToken, signToken } from './token.js';

const sessionLifeMs = 24 * 3_600_000;

/** Who logs in. */
export type Subject = Pick<Session, 'tenantId' | 'userId' | 'customerId' | 'userType' | 'roles'>;

/** A session with a token for it. */
export interface Login {
  readonly session: Session;
  readonly token: string;
  readonly expiresInSeconds: number;
}

/** Sessions of 24 hours with tokens of an hour (U19). A token is good while both its time and its session last. */
@Injectable()
export class Sessions {
  private readonly key: string;

  constructor(
    private readonly state: State,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: SandboxSettings,
  ) {
    this.key = createHash('sha256').update(`jwt ${settings.SANDBOX_SEED}`).digest('hex');
  }

  start(subject: Subject, tenantKey: string): Login {
    this.dropEnded();
    return this.issue({
      ...subject,
      id: randomUUID(),
      refreshToken: refreshToken(subject.userId, tenantKey),
      endsAt: this.nowMs() + sessionLifeMs,
    });
  }

  /** A new token and a new refresh token; `undefined` where the session or the token is not known (any more). */
  refresh(sessionId: string, givenToken: string, tenantKey: string): Login | undefined {
    const session = this.get(sessionId);
    if (session?.refreshToken !== givenToken) return undefined;
    return this.issue({ ...session, refreshToken: refreshToken(session.userId, tenantKey) });
  }

  /** The session that has not been ended. */
  get(sessionId: string): Session | undefined {
    const session = this.state.sessions.get(sessionId);
    return session && session.endsAt > this.nowMs() ? session : undefined;
  }

  end(sessionId: string): void {
    this.state.sessions.delete(sessionId);
  }

  ofToken(token: string): Session | undefined {
    const claims = readToken(token, this.key, this.nowMs() / 1_000);
    return claims && this.get(claims.jti);
  }

  private issue(session: Session): Login {
    this.state.sessions.put(session.id, session);
    const { id, tenantId, customerId, userId, userType, roles } = session;
    const expiresInSeconds = this.settings.SANDBOX_TOKEN_LIFE_SECONDS;
    const iat = Math.floor(this.nowMs() / 1_000);
    const token = signToken(
      {
        iss: 'bff',
        aud: 'bff-clients',
        sub: userId,
        tenantId,
        customerId,
        userId,
        userType,
        roles,
        iat,
        exp: iat + expiresInSeconds,
        jti: id,
      },
      this.key,
    );
    return { session, token, expiresInSeconds };
  }

  /** Sessions are kept in the order in which they began, so that those that are over come first. */
  private dropEnded(): void {
    for (const { id, endsAt } of this.state.sessions.all()) {
      if (endsAt > this.nowMs()) return;
      this.state.sessions.delete(id);
    }
  }

  private nowMs(): number {
    return this.clock.now().getTime();
  }
}

/** Opaque to clients; the samples look like this (b.2), but for what would give the tenant key away. */
function refreshToken(userId: string, tenantKey: string): string {
  const mark = createHash('sha256').update(tenantKey).digest('hex').slice(0, 8);
  return `${randomBytes(16).toString('hex')}-${userId}-${mark}`;
}
