import { join } from 'node:path';
import { projectRoot } from '../tools/local/project-root.js';
import { readRequestsFile, type RequestLine } from '../tools/start/requests-file.js';

/** The applicants of `examples/applicants.jsonl`, those first that come first in the file. */
export function exampleApplicants(): RequestLine[] {
  return readRequestsFile(join(projectRoot, 'examples', 'applicants.jsonl'));
}

/**
 * The first example of a kind, as `name`: the request id, the numbers of an organization, and the local part of every
 * e-mail, so that a `+tag` in it asks the sandbox for its magic.
 */
export function applicantNamed(
  name: string,
  kind: 'individual' | 'organization' = 'individual',
): RequestLine {
  const example = exampleApplicants().find(({ request }) => request.kind === kind);
  if (example === undefined) throw new Error(`The examples have no ${kind}.`);
  const text = JSON.stringify(example.request)
    .replaceAll(/"email":"[^@"]*?(\.board)?@/gu, `"email":"${name}$1@`)
    .replaceAll(/"(registrationNumber|taxId)":"[^"]*"/gu, `"$1":"${name}"`);
  return {
    requestId: name.replaceAll('+', '-'),
    request: JSON.parse(text) as RequestLine['request'],
  };
}
