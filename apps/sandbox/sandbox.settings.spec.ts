import { describe, expect, it } from '@jest/globals';
import { loadSettings, maskedSettings, SettingsError } from '#platform/settings.js';
import { demoTenant, secondDemoTenant } from './demo-tenant.js';
import { sandboxSettings } from './sandbox.settings.js';

function sentencesOf(env: Record<string, string>): readonly string[] {
  try {
    loadSettings(sandboxSettings, env);
  } catch (error) {
    if (error instanceof SettingsError) return error.sentences;
    throw error;
  }
  return [];
}

describe('the settings', () => {
  it('need nothing: two demo tenants, strict, no rate limit, nothing decided by itself', () => {
    expect(loadSettings(sandboxSettings, {})).toMatchObject({
      SANDBOX_TENANTS: [demoTenant, secondDemoTenant],
      SANDBOX_SWITCHES: [],
      SANDBOX_RATE_LIMIT_PER_SECOND: 0,
      SANDBOX_AUTO_DECISION_MS: 0,
      SANDBOX_WALLET_DELAY_MS: 1_500,
    });
  });

  it('take tenants as JSON, with what may be left out', () => {
    const { alias, name, individualRiskLevel, ...tenant } = demoTenant;
    const read = loadSettings(sandboxSettings, { SANDBOX_TENANTS: JSON.stringify([tenant]) });
    expect(read.SANDBOX_TENANTS).toEqual([{ ...tenant, name: 'Sandbox tenant', individualRiskLevel: 'LOW' }]);
    expect([alias, name, individualRiskLevel]).not.toContain(undefined);
  });

  it('refuse a switch or tenant that is none in a sentence without secrets, and never log tenants', () => {
    expect(sentencesOf({ SANDBOX_SWITCHES: 'strict-documents,typo' })).toEqual([
      expect.stringContaining('strict-user-agent'),
    ]);
    const [sentence] = sentencesOf({ SANDBOX_TENANTS: JSON.stringify([{ ...demoTenant, tenantId: 'x' }]) });
    expect(sentence).toContain('tenantId');
    expect(sentence).not.toContain(demoTenant.tenantSecret);
    const masked = maskedSettings(sandboxSettings, loadSettings(sandboxSettings, {}));
    expect(JSON.stringify(masked)).not.toContain(demoTenant.adminPassword);
  });
});
