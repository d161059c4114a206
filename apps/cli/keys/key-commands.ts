import type { Command } from 'commander';
import { z } from 'zod';
import type { Context } from '../run.js';
import { table } from '../terminal/table.js';

const createdSchema = z.object({
  key: z.string(),
  name: z.string(),
  tenantId: z.string(),
  scopes: z.array(z.string()),
});
const listSchema = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      tenantId: z.string(),
      name: z.string(),
      scopes: z.array(z.string()),
      createdAt: z.string(),
      revokedAt: z.string().nullable(),
    }),
  ),
});

/** `onboard keys create|list|revoke`. */
export function addKeyCommands(program: Command, { gateway, surroundings, action }: Context): void {
  const { out, err } = surroundings;
  const keys = program.command('keys').description('API keys of the gateway; needs a key with the scope ops');

  keys
    .command('create')
    .description('make an API key; it is shown once')
    .requiredOption('--tenant <tenant>', 'whose key it is; * for ops of every tenant')
    .requiredOption('--name <name>', 'its name; the `by` of its commands')
    .requiredOption('--scopes <scopes>', 'comma-separated: submit, read, iban:read, ops')
    .action(
      action(async (options: { tenant: string; name: string; scopes: string }) => {
        const body = {
          tenantId: options.tenant,
          name: options.name,
          scopes: options.scopes.split(',').map((scope) => scope.trim()),
        };
        const { value: created } = await gateway().send(
          { method: 'POST', path: '/v1/ops/keys', body, triesMax: 1 },
          createdSchema,
        );
        out(`${created.key}\n`);
        err(`Keep it: it cannot be shown again. Tenant ${created.tenantId}, ${created.scopes.join(', ')}.\n`);
        return 0;
      }),
    );

  keys
    .command('list')
    .description("the tenant's keys, without their secrets")
    .option('--tenant <tenant>', 'whose keys; your own tenant by default')
    .option('--json', 'as JSON')
    .action(
      action(async (options: { tenant?: string; json?: boolean }) => {
        const query = options.tenant === undefined ? '' : `?tenantId=${encodeURIComponent(options.tenant)}`;
        const { items } = await gateway().get(`/v1/ops/keys${query}`, listSchema);
        out(options.json ? `${JSON.stringify(items)}\n` : keyTable(items));
        return 0;
      }),
    );

  keys
    .command('revoke')
    .description('revoke a key for good')
    .argument('<key-id>', 'its id, from `keys list`')
    .option('--tenant <tenant>', 'whose key; your own tenant by default')
    .action(
      action(async (id: string, options: { tenant?: string }) => {
        const query = options.tenant === undefined ? '' : `?tenantId=${encodeURIComponent(options.tenant)}`;
        const path = `/v1/ops/keys/${encodeURIComponent(id)}${query}`;
        await gateway().send({ method: 'DELETE', path, triesMax: 3 }, z.undefined());
        out('revoked\n');
        return 0;
      }),
    );
}

function keyTable(items: z.infer<typeof listSchema>['items']): string {
  const rows = items.map(({ id, tenantId, name, scopes, createdAt, revokedAt }) => [
    id,
    tenantId,
    name,
    scopes.join(','),
    createdAt,
    revokedAt ?? '',
  ]);
  return table(['ID', 'TENANT', 'NAME', 'SCOPES', 'CREATED', 'REVOKED'], rows, 'There are no keys.');
}
