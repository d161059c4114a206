import type { AcknowledgedCommand, AcknowledgedRequest, Seen, SeenEffect, SeenRecord } from '../seen.js';

const onboardingId = '00000000-0000-5000-8000-000000000001';
export const customerId = 'customer-1';
export const email = 'ona@example.test';
/** For whom everything is done once activated. */
export const asked = { employee: 0, director: 0, shareholder: 0, document: 1, consent: 1 };
const answer = { by: 'ops', why: 'a reason', outcome: 'applied' };

/** What is said of an event that a test does not care about. */
interface EventFields {
  readonly id?: string;
  readonly sequence?: number | undefined;
  readonly data?: object;
  readonly onboardingId?: string;
  readonly time?: string;
  readonly kind?: 'individual' | 'organization';
}

/** A little world that a witness looks at, made by hand: by default one individual whose onboarding went well. */
export class Scene {
  private records: SeenRecord[] = [];
  private ledger: SeenEffect[] = [];
  private requests: AcknowledgedRequest[] = [];
  private commands: AcknowledgedCommand[] = [];
  private readonly sequences = new Map<string, number>();

  /** An individual who was acknowledged, and of whom nothing else is known. */
  static acknowledged(request: Partial<AcknowledgedRequest> = {}): Scene {
    const scene = new Scene();
    scene.requests.push({
      requestId: 'request-1',
      onboardingId,
      applicantKind: 'individual',
      email,
      asked,
      ...request,
    });
    return scene;
  }

  /** The same, registered at FinHub, and with us. */
  static registered(request: Partial<AcknowledgedRequest> = {}): Scene {
    return Scene.acknowledged(request)
      .effect(`register:tenant:${email}`, [customerId])
      .event('registered', 'registration', { data: { customerId, userId: 'u' } });
  }

  /** The same, up to the last stage. */
  static consented(request: Partial<AcknowledgedRequest> = {}): Scene {
    return Scene.registered(request)
      .effect(`verification:${customerId}`, ['verification-1'])
      .effect('document:verification-1:PASSPORT:a:b')
      .event('verified', 'verification', { data: { verificationId: 'verification-1', documents: 1 } })
      .effect(`consent:${customerId}:terms`, ['consent-1'], false)
      .event('consented', 'consent');
  }

  /** The same, happily ended. */
  static activated(request: Partial<AcknowledgedRequest> = {}): Scene {
    return Scene.consented(request)
      .effect(`activation:${customerId}`)
      .event('activated', 'activation', { data: { customerId } })
      .state('activated');
  }

  event(name: string, stage: string, fields: EventFields = {}): this {
    const { onboardingId: subject = onboardingId, kind = 'individual', data = {} } = fields;
    const sequence = 'sequence' in fields ? fields.sequence : this.next(`${subject} ${stage}`);
    const id = fields.id ?? `${subject}-${stage}-${name}-${sequence ?? 'none'}`;
    const type = `onboarding.${name}.v1`;
    const value = {
      ...{ specversion: '1.0', id, source: 'test', type, subject, stage, data },
      time: fields.time ?? '2030-01-01T00:00:00Z',
      ...{ tenantid: 'tenant', requestid: 'request-1', applicantkind: kind, correlationid: subject },
      ...(sequence === undefined ? {} : { sequence }),
    };
    return this.record({ topic: type, key: subject, value: Buffer.from(JSON.stringify(value)) });
  }

  answered(stage: string, commandId: string, fields: object = {}): this {
    return this.event('answered', stage, { data: { ...answer, commandId, ...fields } });
  }

  /** Acknowledged, and on its topic. */
  command(commandId: string, command = 'cancel', fields: object = {}): this {
    this.commands.push({ commandId, onboardingId, command });
    return this.event('command', 'gateway', { sequence: undefined, data: { commandId, command, ...fields } });
  }

  /**
   * A step whose call has no answer `from` seconds after the beginning of 2030, nor has a look-up, `times` in all; in doubt after
   * that time.
   */
  unread(
    step: string,
    stage: string,
    { times, seconds, from = 0 }: { times: number; seconds: number; from?: number },
  ): this {
    const timeOf = (second: number): string => new Date(Date.UTC(2030, 0) + second * 1_000).toISOString();
    for (let attempt = 0; attempt < times; attempt += 1)
      this.event('attempt', stage, {
        time: timeOf(from + (attempt * seconds) / times),
        data: { kind: 'failed', step, attempt: 1, code: 'timed_out' },
      });
    const data = { code: 'in_doubt', step, isInDoubt: true, attempts: 1 };
    return this.event('parked', stage, { time: timeOf(from + seconds), data }).state('parked');
  }

  effect(key: string, objectIds: readonly string[] = ['object'], isOnceOnly = true): this {
    this.ledger.push({ key, objectIds, isOnceOnly, count: objectIds.length });
    return this;
  }

  state(state: string | null): this {
    const value = state === null ? null : Buffer.from(JSON.stringify({ data: { state } }));
    return this.record({ topic: 'onboarding.state.v1', key: onboardingId, value });
  }

  deadLetterOf(topic: string, offset: string): this {
    const data = {
      topic,
      partition: 0,
      offset,
      consumer: 'consent',
      reason: 'not_json',
      sealed: 's',
      bytes: 1,
    };
    return this.event('dead-letter', 'consent', { sequence: undefined, data });
  }

  record(record: Pick<SeenRecord, 'topic'> & Partial<SeenRecord>): this {
    const offset = String(this.records.filter(({ topic }) => topic === record.topic).length);
    this.records.push({ partition: 0, offset, key: null, value: null, headers: {}, ...record });
    return this;
  }

  /** The last record, published once more. */
  again(): this {
    const last = this.records.at(-1);
    if (last === undefined) return this;
    const { offset: _ownOffset, ...copy } = last;
    return this.record(copy);
  }

  without(topic: string): this {
    this.records = this.records.filter((record) => record.topic !== topic);
    return this;
  }

  withoutEffect(key: string): this {
    this.ledger = this.ledger.filter((effect) => effect.key !== key);
    return this;
  }

  seen(): Seen {
    const { records, ledger, requests, commands } = this;
    const doubtfulSteps = [
      { stage: 'registration', step: 'register' },
      { stage: 'verification', step: 'open-verification' },
    ];
    return { records, ledger, requests, commands, doubtfulSteps, canaries: ['Canary7'] };
  }

  private next(place: string): number {
    const sequence = (this.sequences.get(place) ?? 0) + 1;
    this.sequences.set(place, sequence);
    return sequence;
  }
}
