import type { Interference } from './interference.js';
import type { PipelineAddresses } from './service-settings.js';

/** Where the servers listen now. */
export interface ServerPorts {
  readonly postgres: () => number;
  readonly sandbox: () => number;
  readonly tracker: () => number;
  readonly gateway: () => number;
}

/** The addresses as one part is told them: each that it connects to by way of the tester. */
export async function detoured(
  part: string,
  at: PipelineAddresses,
  by: { interference: Interference; ports: ServerPorts; kafkaPort: number },
): Promise<PipelineAddresses> {
  const { interference, ports, kafkaPort } = by;
  const to = (other: keyof ServerPorts, from = part): Promise<number> =>
    interference.detour({ from, to: other, port: ports[other] });
  const { FINHUB_BASE_URL: finhubUrl = '' } = at.finhub;
  return {
    ...at,
    databaseUrl: withPort(at.databaseUrl, await to('postgres')),
    brokers: `127.0.0.1:${kafkaPort}`,
    finhub: { ...at.finhub, FINHUB_BASE_URL: withPort(finhubUrl, await to('sandbox')).replace(/\/$/u, '') },
    ...(part === 'gateway' ? await gatewaysOwn(at, to) : {}),
  };
}

async function gatewaysOwn(
  at: PipelineAddresses,
  to: (other: keyof ServerPorts, from?: string) => Promise<number>,
): Promise<Partial<PipelineAddresses>> {
  const { trackerUrl, gatewayPublicUrl } = at;
  return {
    trackerUrl: withPort(trackerUrl, await to('tracker')).replace(/\/$/u, ''),
    gatewayPublicUrl:
      gatewayPublicUrl === undefined
        ? undefined
        : withPort(gatewayPublicUrl, await to('gateway', 'sandbox')).replace(/\/$/u, ''),
  };
}

function withPort(url: string, port: number): string {
  const own = new URL(url);
  own.port = String(port);
  return own.href;
}
