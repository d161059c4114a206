import { z } from 'zod';
import { applicantNamed } from './example-applicants.js';
import type { TestPipeline } from './processes.js';
import { Submitted } from './submitted.js';

const requestsSchema = z.object({ requests: z.array(z.object({ operation: z.string(), at: z.number() })) });

const emailSchema = z.object({ email: z.string() });
const documentsSchema = z.object({ documents: z.array(z.unknown()) });

/** A call that the sandbox has seen. */
export type SeenCall = z.infer<typeof requestsSchema>['requests'][number];

/** A fault of the sandbox, without whom it strikes. */
export interface AimedFault {
  readonly endpoint: string;
  readonly kind: string;
  readonly times?: number;
  readonly delayMs?: number;
  readonly status?: number;
}

/** An applicant whose calls at FinHub go wrong as a spec says, and no other's. */
export class Doubtful {
  private readonly applicant: ReturnType<typeof applicantNamed>;

  constructor(
    private readonly pipeline: TestPipeline,
    name: string,
    kind: 'individual' | 'organization' = 'individual',
  ) {
    this.applicant = applicantNamed(name, kind);
  }

  /** The e-mail by which FinHub knows the customer. */
  get email(): string {
    const { request } = this.applicant;
    return emailSchema.parse(request[request.kind ?? '']).email;
  }

  get documentsCount(): number {
    return documentsSchema.parse(this.applicant.request).documents.length;
  }

  /** Switches faults on for this applicant, then submits its request. */
  async submit(...faults: AimedFault[]): Promise<Submitted> {
    for (const fault of faults) await this.strike(fault);
    return Submitted.submit(this.pipeline, this.applicant);
  }

  /** Submits another request for the same person. */
  submitAgainAs(requestId: string): Promise<Submitted> {
    return Submitted.submit(this.pipeline, { ...this.applicant, requestId });
  }

  /** Switches a fault on; gives its id. */
  async strike(fault: AimedFault): Promise<string> {
    const answer = await this.pipeline.tellSandbox('/_sandbox/faults', { ...fault, applicant: this.email });
    return z.object({ id: z.string() }).parse(JSON.parse(String(answer))).id;
  }

  /** What was called for this applicant, oldest first. */
  async calls(...operations: string[]): Promise<SeenCall[]> {
    return (await this.allCalls()).filter(({ operation }) => operations.includes(operation));
  }

  /** What FinHub was asked for this applicant right after the first call of an operation. */
  async nextAfterFirst(operation: string): Promise<SeenCall | undefined> {
    const all = await this.allCalls();
    return all[all.findIndex((call) => call.operation === operation) + 1];
  }

  private async allCalls(): Promise<SeenCall[]> {
    const path = `/_sandbox/requests?applicant=${encodeURIComponent(this.email)}`;
    return requestsSchema.parse(await this.pipeline.sandbox(path)).requests;
  }
}
