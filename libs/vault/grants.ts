/** The services that reach into the vault, each by its role `onboarding_<service>`. */
export const vaultServices = [
  'registration',
  'personnel',
  'verification',
  'consent',
  'activation',
  'gateway',
] as const;

export type VaultService = (typeof vaultServices)[number];

const tenantTables = ['admission', 'document', 'document_chunk', 'upload', 'correction'];

/** Whoever holds the onboarding may have to erase it, and accepts or reverts its corrections. */
const stageRights = [
  'select on vault.admission, vault.document, vault.document_chunk, vault.upload, vault.correction',
  `update (erased_at, kek_id, wrapped_key, sealed_request, sealed_passwords, sealed_generated_password, sealed_iban,
    sealed_hold_reason, body_hash, email_hash, customer_hash, passwords_destroyed_at) on vault.admission`,
  'update (state, sealed_passwords) on vault.correction',
  'delete on vault.document, vault.document_chunk, vault.upload, vault.correction',
];

/** Admits, re-wraps and forgets. */
const registrationRights = [
  ...stageRights,
  'insert on vault.admission, vault.document, vault.document_chunk',
  'update (kek_id, wrapped_key) on vault.document',
  'delete on vault.admission',
  'delete on vault.key_check',
];

/** Admits, takes documents, proposes corrections, holds; changes and destroys nothing that is there. */
const gatewayRights = [
  'select on vault.admission, vault.document, vault.document_chunk, vault.upload, vault.correction',
  'insert on vault.admission, vault.document, vault.document_chunk, vault.upload, vault.correction',
  'update (sealed_hold_reason) on vault.admission',
  'delete on vault.document_chunk, vault.upload',
];

const rights: Readonly<Record<VaultService, readonly string[]>> = {
  registration: registrationRights,
  personnel: stageRights,
  verification: stageRights,
  consent: stageRights,
  activation: stageRights,
  gateway: gatewayRights,
};

/**
 * The statements that give a service's role its rights in the vault and no others, to be run by the tables' owner after the
 * migrations, all in one query: it takes effect as a whole, so that who works meanwhile notices nothing. Running it again
 * changes nothing. The stages serve all tenants and have a policy that says so; the gateway sees a tenant's rows only while
 * `app.tenant_id` names it.
 */
export function vaultGrantsOf(service: VaultService): string {
  const role = `onboarding_${service}`;
  const statements = [
    `revoke all on all tables in schema vault from ${role}`,
    `grant usage on schema vault to ${role}`,
    `grant select, insert on vault.key_check to ${role}`,
    ...rights[service].map((right) => `grant ${right} to ${role}`),
    ...tenantTables.flatMap((table) => policiesOf(service, table)),
  ];
  return statements.join(';\n');
}

function policiesOf(service: VaultService, table: string): string[] {
  const policy = `all_tenants_for_${service}`;
  const drop = `drop policy if exists ${policy} on vault.${table}`;
  const create = `create policy ${policy} on vault.${table} to onboarding_${service} using (true) with check (true)`;
  return service === 'gateway' ? [drop] : [drop, create];
}
