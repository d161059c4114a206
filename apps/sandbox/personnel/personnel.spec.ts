import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { employeeBody, newEmail, registerOrganization, staffedOrganization } from '../testing/journeys.js';
import { runSandbox, type RunningSandbox } from '../testing/running-sandbox.js';
import { SandboxClient } from '../testing/sandbox-client.js';

const organizations = '/api/v2.1/customer/organization';

let sandbox: RunningSandbox;
let client: SandboxClient;

beforeAll(async () => {
  sandbox = await runSandbox();
  client = await SandboxClient.loggedIn(sandbox.baseUrl);
});
afterAll(() => sandbox.close());

describe('POST .../directors, the older path (c.3.4, U15)', () => {
  const flat = {
    firstName: 'Rasa',
    lastName: 'Demo',
    role: 'EXECUTIVE_DIRECTOR',
    appointedDate: '2020-02-03',
  };

  it('takes the person’s fields at the top, and its director is listed and counted like any other', async () => {
    const { id } = await staffedOrganization(client);
    const path = `${organizations}/${id}/directors`;
    const body = { ...flat, email: newEmail() };
    const added = await client.post(path, body);
    expect(added).toMatchObject({ status: 200, data: { ...body, individual: { email: body.email } } });
    const { data } = await client.get(path);
    expect(data['directors']).toMatchObject([{ role: 'MANAGING_DIRECTOR' }, body]);
    expect(await client.ledger(`director:${id}:${body.email}`)).toMatchObject([
      { count: 1, objectIds: [added.data['directorId']] },
    ]);
  });

  it('refuses a director without e-mail with 400', async () => {
    const { id } = await staffedOrganization(client);
    expect((await client.post(`${organizations}/${id}/directors`, flat)).status).toBe(400);
    expect(await client.ledger(`director:${id}`)).toHaveLength(1);
  });
});

describe('GET .../employees (c.3.3)', () => {
  it.each([
    ['department=Finance', ['Finance']],
    ['role=EMPLOYEE', ['Finance', 'Sales']],
    ['department=Sales&role=EMPLOYEE', ['Sales']],
    ['department=Sales&role=ADMIN_USER', []],
    ['', ['Board', 'Finance', 'Sales']],
  ])('lists for ?%s those of %j only, and counts only them', async (query, departments) => {
    const { id } = await registerOrganization(client);
    for (const [department, roles] of [
      ['Board', ['ADMIN_USER']],
      ['Finance', ['EMPLOYEE']],
      ['Sales', ['TRANSACTION_APPROVER', 'EMPLOYEE']],
    ] as const)
      await client.post(`${organizations}/${id}/employee`, {
        ...employeeBody(newEmail(), [...roles]),
        department,
      });
    const { data } = await client.get(`${organizations}/${id}/employees?${query}`);
    const listed = data['employees'] as { department: string }[];
    expect(listed.map(({ department }) => department)).toEqual(departments);
    expect(data['pagination']).toMatchObject({ total: departments.length });
  });
});
