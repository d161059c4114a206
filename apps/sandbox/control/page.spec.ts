import { describe, expect, it } from '@jest/globals';
import { demoTenant } from '../demo-tenant.js';
import { organizationBody, newEmail, readyIndividual } from '../testing/journeys.js';
import { runSandbox } from '../testing/running-sandbox.js';
import { SandboxClient } from '../testing/sandbox-client.js';
import { pageHtml } from './page.rules.js';

describe('the page', () => {
  it('shows customers with their state, faults and the ledger, escaped, without secrets or IBAN', async () => {
    const sandbox = await runSandbox();
    const client = await SandboxClient.loggedIn(sandbox.baseUrl);
    const { email } = await readyIndividual(client);
    const body = await organizationBody(client, newEmail());
    const organization = { legalName: '<script>alert("x")</script>' };
    await client.post('/api/v2.1/customer/organization/registration', {
      ...body,
      organizationCustomer: { customerName: 'x', organization },
    });
    await client.addFault({ endpoint: 'addEmployee', kind: 'hang' });
    const { text, headers } = await client.get('/');
    expect(headers.get('content-type')).toContain('text/html');
    for (const shown of [email, 'APPROVED', '3 of 3', 'addEmployee', 'nothing doubled', '&lt;script&gt;'])
      expect(text).toContain(shown);
    for (const hidden of ['<script', demoTenant.tenantSecret, client.token, 'LT'])
      expect(text).not.toContain(hidden);
    await sandbox.close();
  });

  it('says so when there is nothing, and when something was doubled', () => {
    const html = pageHtml({ customerCount: 0, customers: [], faults: [], effects: [], doubled: 2 });
    expect(html).toContain('2 doubled');
    expect(html).toContain('<p>none</p>');
  });
});
