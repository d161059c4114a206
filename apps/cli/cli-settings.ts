import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { GatewayAccess } from '#gateway-client/gateway-client.js';
import { stateFolderOf } from './state-folder.js';
import { Failure, type Surroundings } from './surroundings.js';

const fileSchema = z.object({
  gatewayUrl: z.string(),
  apiKey: z.string(),
  everyTenantApiKey: z.string().optional(),
});
const remedy = 'Set GATEWAY_URL and ONBOARD_API_KEY, or run `npm start`, which writes .onboarding/cli.json.';

/** Whose work a command is about: of one tenant, or of all of them, which needs a key for that. */
export type KeyReach = 'tenant' | 'every-tenant';

/**
 * From the environment, else from `cli.json` in `.onboarding/` (or ONBOARDING_DIRECTORY). Throws {@link Failure} with what to
 * set; never shows the key.
 */
export function settingsOf(
  { env, root }: Pick<Surroundings, 'env' | 'root'>,
  reach: KeyReach = 'tenant',
): GatewayAccess {
  const { gatewayUrl, apiKey } = named(env, root, reach);
  if (!gatewayUrl) throw new Failure(`It is not known where the gateway is. ${remedy}`);
  if (!apiKey) throw new Failure(`There is no API key for the gateway at ${gatewayUrl}. ${remedy}`);
  if (!/^[\x21-\x7e]+$/u.test(apiKey))
    throw new Failure('The API key has characters that no key has. Copy it again.');
  return { url: originOf(gatewayUrl), apiKey };
}

function named(
  env: Surroundings['env'],
  root: string,
  reach: KeyReach,
): { gatewayUrl: string | undefined; apiKey: string | undefined } {
  const inFile = readSettingsFile(join(stateFolderOf(root, env), 'cli.json'));
  const keyInFile = (reach === 'every-tenant' ? inFile?.everyTenantApiKey : undefined) ?? inFile?.apiKey;
  return {
    gatewayUrl: env['GATEWAY_URL'] || inFile?.gatewayUrl,
    apiKey: env['ONBOARD_API_KEY'] || keyInFile,
  };
}

function originOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new Failure(
      'The address of the gateway is no http:// or https:// address; set GATEWAY_URL to one.',
    );
  }
  return url.origin;
}

function readSettingsFile(path: string): z.infer<typeof fileSchema> | undefined {
  try {
    return fileSchema.safeParse(JSON.parse(readFileSync(path, 'utf8'))).data;
  } catch {
    return undefined;
  }
}
