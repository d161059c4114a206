import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { identifier } from '#contracts/envelope.js';

const lineSchema = z.object({
  requestId: identifier,
  request: z.looseObject({ kind: z.string().optional() }),
  expect: z.object({ end: z.string(), code: z.string().optional() }).optional(),
});

/** One applicant of a requests file; `expect` says how it should end, where the file says so. */
export type RequestLine = z.infer<typeof lineSchema>;

/**
 * Reads a JSON Lines file of `{requestId, request, expect?}`. Throws one sentence with the line of the first mistake: what
 * is in `request` is judged by the gateway, not here.
 */
export function readRequestsFile(file: string): RequestLine[] {
  const lines = contentOf(file).split('\n');
  const requests = lines.flatMap((line, index) =>
    line.trim() === '' ? [] : [readLine(line, `${file}:${index + 1}`)],
  );
  const seen = new Set<string>();
  const twice = requests.find(({ requestId }) => seen.size === seen.add(requestId).size);
  if (twice !== undefined)
    throw new Error(`${file} has the request id ${twice.requestId} twice: give each its own.`);
  if (requests.length === 0) throw new Error(`${file} has no requests: write one as JSON in each line.`);
  return requests;
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new Error(`${file} cannot be read: give --requests a JSON Lines file.`);
  }
}

function readLine(line: string, place: string): RequestLine {
  const read = lineSchema.safeParse(parse(line, place));
  if (read.success) return read.data;
  const pointers = read.error.issues.map((issue) => `/${issue.path.join('/')}`);
  throw new Error(
    `${place} is no request: ${pointers.join(', ')} is missing or wrong; see examples/applicants.jsonl.`,
  );
}

function parse(line: string, place: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    throw new Error(`${place} is not JSON: write one request in each line.`);
  }
}
