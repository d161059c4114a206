import kafkajs from 'kafkajs';
import { join } from 'node:path';
import type { ApplicantKind } from '#contracts/contract.js';
import { onboardingIdOf } from '#contracts/onboarding-id.js';
import { projectRoot } from '../local/project-root.js';
import { readRequestsFile, type RequestLine } from '../start/requests-file.js';
import { kindOf, type Kind } from './kinds.js';

/** An applicant for whom a process is to die. */
export interface Applicant extends RequestLine {
  readonly onboardingId: string;
  readonly applicantKind: ApplicantKind;
  /** Of the customer that it becomes. */
  readonly email: string;
  readonly expectedEnd: ReturnType<typeof kindOf>['end'];
}

const partitionOf = kafkajs.Partitioners.DefaultPartitioner();

/** The smallest examples that have every kind of step. */
const exampleOf = { individual: 'example-individual-01', organization: 'example-organization-04' } as const;

/** Makes applicants who differ in who they are, and nothing else. */
export class Applicants {
  private readonly examples = readRequestsFile(join(projectRoot, 'examples', 'applicants.jsonl'));
  private made = 0;

  constructor(
    private readonly tenantId: string,
    private readonly partitions: number,
  ) {}

  /** A new one, whose events lie in this partition of each topic. */
  make(kind: Kind, partition: number): Applicant {
    const { applicantKind, tag, end: expectedEnd } = kindOf(kind);
    for (;;) {
      this.made += 1;
      const requestId = `crash-${this.made}`;
      const onboardingId = onboardingIdOf(this.tenantId, requestId);
      if (this.partitionOf(onboardingId) !== partition) continue;
      const request = this.request(applicantKind, requestId, tag);
      const { email } = (request as unknown as Record<ApplicantKind, { email: string }>)[applicantKind];
      return { requestId, onboardingId, applicantKind, email, request, expectedEnd };
    }
  }

  private request(kind: ApplicantKind, name: string, tag?: string): RequestLine['request'] {
    const example = this.examples.find(({ requestId }) => requestId === exampleOf[kind]);
    if (example === undefined) throw new Error(`examples/applicants.jsonl has no ${exampleOf[kind]}`);
    const mailbox = tag === undefined ? name : `${name}+${tag}`;
    const text = JSON.stringify(example.request)
      .replaceAll(/"email":"([^@"]*)@/gu, `"email":"$1.${mailbox}@`)
      .replaceAll(/"(registrationNumber|taxId)":"[^"]*"/gu, `"$1":"${name}"`);
    return JSON.parse(text) as RequestLine['request'];
  }

  private partitionOf(key: string): number {
    const partitionMetadata = Array.from({ length: this.partitions }, (_, partitionId) => ({
      partitionErrorCode: 0,
      partitionId,
      leader: 0,
      replicas: [0],
      isr: [0],
    }));
    return partitionOf({ topic: 'any', partitionMetadata, message: { key, value: null } });
  }
}
