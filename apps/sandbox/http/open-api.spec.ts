import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runSandbox, type RunningSandbox } from '../testing/running-sandbox.js';
import { loadOpenApi } from './open-api.js';

const openApi = loadOpenApi();
let sandbox: RunningSandbox;

beforeAll(async () => {
  sandbox = await runSandbox();
});
afterAll(() => sandbox.close());

describe('the OpenAPI file', () => {
  it('describes every call that the sandbox serves in FinHub’s name', () => {
    const calls = sandbox.routes.filter((route) => route.includes(' /api/'));
    expect(calls).toContain('POST /api/v2.1/verifications/:verificationId/reject');
    for (const call of calls) {
      const [method = '', path = ''] = call.split(' ');
      expect(openApi.ofRoute(method, path).operationId).toMatch(/^[a-zA-Z]+$/u);
    }
  });

  it('refuses to judge a call that it does not describe', () => {
    expect(() => openApi.ofRoute('GET', '/api/v2.1/moon')).toThrow('openapi.yaml has no GET /api/v2.1/moon');
  });
});
