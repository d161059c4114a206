import type { RequestLine } from '../tools/start/requests-file.js';
import type { TestPipeline } from './processes.js';
import { waitUntil } from './wait-until.js';

/** How an onboarding stands, as the gateway tells it. */
export interface Standing {
  readonly state: string;
  readonly stage?: string;
  readonly code?: string;
  readonly step?: string;
  readonly iban?: string;
  readonly timeline?: readonly object[];
}

const timeLimitMs = 30_000;

/** An onboarding that a pipeline was asked for, and what ops do to it: over the gateway's HTTP API only. */
export class Submitted {
  private constructor(
    private readonly pipeline: TestPipeline,
    readonly id: string,
  ) {}

  /** Submits the request; throws the gateway's answer unless it is admitted. */
  static async submit(pipeline: TestPipeline, { requestId, request }: RequestLine): Promise<Submitted> {
    const { status, body } = await pipeline.call('POST', '/v1/onboardings', { requestId, request });
    if (status !== 202) throw new Error(`${requestId} got ${status}: ${JSON.stringify(body)}`);
    return new Submitted(pipeline, String(body['onboardingId']));
  }

  /** One that the pipeline was asked for otherwise, e.g. by Kafka. */
  static of(pipeline: TestPipeline, id: string): Submitted {
    return new Submitted(pipeline, id);
  }

  async standing(): Promise<Standing> {
    const { body } = await this.pipeline.call('GET', `/v1/onboardings/${this.id}`);
    return body as unknown as Standing;
  }

  /** Waits for a state, and for a code where one is told. Rejects with where it stood instead. */
  async until(state: string, code?: string, withinMs = timeLimitMs): Promise<Standing> {
    let last: Standing | undefined;
    const look = async (): Promise<Standing | undefined> => {
      // On a busy machine a connection may fail: that is no answer.
      last = (await this.standing().catch(() => undefined)) ?? last;
      return last?.state === state && (code === undefined || last.code === code) ? last : undefined;
    };
    return waitUntil(`${this.id} ${state} ${code ?? ''}`, look, withinMs).catch((error: unknown) => {
      throw new Error(`It stood at ${JSON.stringify(last)} instead.`, { cause: error });
    });
  }

  /** Gives a command and waits for the event that answers it: `applied`, or the code of the refusal. */
  async command(command: string, fields: object = {}): Promise<string> {
    const path = `/v1/ops/onboardings/${this.id}/commands`;
    const given = await this.pipeline.call('POST', path, { command, why: 'the spec asks', ...fields });
    if (given.status !== 202)
      throw new Error(`${command} got ${given.status}: ${JSON.stringify(given.body)}`);
    const commandId = String(given.body['commandId']);
    return waitUntil(
      `an answer to ${command}`,
      async () => {
        const { body } = await this.pipeline.call('GET', `${path}/${commandId}`);
        if (body['status'] === 'pending') return undefined;
        return String(body['status'] === 'refused' ? body['code'] : body['status']);
      },
      timeLimitMs,
    );
  }
}
