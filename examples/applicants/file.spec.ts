import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { repositoryRoot } from '#contracts/generate/repository-root.js';
import { reasonCodes } from '#contracts/reason-codes.js';
import { checkRequest } from '#contracts/request-rules.js';
import { applicants, applicantsFile } from './file.js';

const today = '2026-01-16';
const named = applicants.map((applicant) => [applicant.requestId, applicant] as const);

describe('the example applicants', () => {
  test('are the ones in applicants.jsonl', () => {
    expect(readFileSync(join(repositoryRoot, 'examples/applicants.jsonl'), 'utf8')).toBe(applicantsFile());
  });

  test('are 50, 70 % of them individuals, each with a request id of its own', () => {
    expect(new Set(applicants.map(({ requestId }) => requestId)).size).toBe(50);
    expect(applicants.filter(({ applicantKind }) => applicantKind === 'individual')).toHaveLength(35);
  });

  test.each(named)('%s breaks our rules only if it is expected to', (_id, { request, expect: expected }) => {
    const codes = checkRequest(request, today).errors?.map(({ code }) => code) ?? [];
    expect(codes.length > 0).toBe(expected.code === 'request_invalid');
  });

  test('break these rules', () => {
    const codes = applicants
      .flatMap(({ request }) => checkRequest(request, today).errors ?? [])
      .map(({ code }) => code);
    expect(codes.sort()).toEqual([
      'admin_user_missing',
      'beneficial_owner_undeclared',
      'consent_missing',
      'document_missing',
      'password_too_weak',
      'phone_not_e164',
      'shares_not_100',
      'under_age',
    ]);
  });

  test('end as the catalogue of reason codes knows it, one of them in doubt', () => {
    const codes = applicants.flatMap(({ expect: expected }) => expected.code ?? []);
    expect(codes.filter((code) => !Object.hasOwn(reasonCodes, code))).toEqual([]);
    expect(codes.filter((code) => code === 'in_doubt')).toHaveLength(1);
  });

  test('share no e-mail address: FinHub takes each once', () => {
    const emails = [...applicantsFile().matchAll(/"email":"([^"]+)"/gu)].map((match) => match[1]);
    const repeated = emails.filter((email, index) => emails.indexOf(email) !== index);
    expect(repeated).toEqual([]);
  });

  test('carry documents with the first bytes of their type, no two alike', () => {
    const contents = [...applicantsFile().matchAll(/"mimeType":"([^"]+)","content":"([^"]+)"/gu)];
    for (const [, mimeType, content = ''] of contents) {
      const start = Buffer.from(content, 'base64').subarray(0, 8).toString('latin1');
      expect(start).toMatch(mimeType === 'image/png' ? /^\u0089PNG\r\n/u : /^%PDF-1\.4/u);
    }
    expect(new Set(contents.map((match) => match[2])).size).toBe(contents.length);
  });
});
