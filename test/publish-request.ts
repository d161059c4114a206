import { onboardingIdOf } from '#contracts/onboarding-id.js';
import { onboardingRequested } from '#contracts/requested.js';
import type { RequestLine } from '../tools/start/requests-file.js';
import type { TestKafka } from './kafka.js';

/** What an upstream publishes; `traceparent` is a header of the record. */
export interface PublishedRequest extends RequestLine {
  readonly traceparent?: string | undefined;
}

/** Publishes a request inline, as an upstream with Kafka does; gives the onboarding's id. */
export async function publishRequest(
  kafka: TestKafka,
  tenantId: string,
  { requestId, request, traceparent }: PublishedRequest,
): Promise<string> {
  const { type, topic } = onboardingRequested;
  const envelope = {
    specversion: '1.0',
    id: requestId,
    source: 'test',
    type,
    tenantid: tenantId,
    requestid: requestId,
    applicantkind: request.kind,
    data: { request },
  };
  const id = onboardingIdOf(tenantId, requestId);
  const headers = traceparent === undefined ? {} : { traceparent };
  await kafka.publish(topic, [{ key: id, value: JSON.stringify(envelope), headers }]);
  return id;
}
