import { join } from 'node:path';
import { startInBackground } from '../local/background-process.js';
import { projectRoot } from '../local/project-root.js';
import type { Interference } from './interference.js';
import type { Part } from './supervisor.js';

/** One of our services: which program, with which settings, where it logs. */
export interface NodeProgram {
  /** Of the part. */
  readonly name: string;
  /** `dist/apps/PROGRAM/main.js` */
  readonly program: string;
  readonly port: number;
  readonly settings: Readonly<Record<string, string>>;
  readonly logFile: string;
  readonly interference?: Interference | undefined;
}

/** For a machine that is busy, and for brokers and databases that are away when it starts. */
const readyLimitMs = 180_000;
/** A service gives itself two seconds to finish or give back what is under way. */
const stopLimitMs = 3_000;

/** A service as a part: a process with its own settings, ready when it says so over HTTP. */
export function nodePart({ name, program, port, settings, logFile, interference }: NodeProgram): Part {
  return {
    name,
    layer: 'service',
    async start(onSpawn) {
      await interference?.beforeStart(name);
      const own = { ...settings, ...interference?.environmentOf(name), PORT: String(port) };
      const server = await startInBackground({
        name,
        command: process.execPath,
        args: ['--enable-source-maps', join(projectRoot, 'dist', 'apps', program, 'main.js')],
        env: { ...inherited(), ...own },
        logFile,
        isLogKept: true,
        hasChannel: true,
      });
      onSpawn(server.pid);
      await server.waitUntilReady(() => isReady(port), readyLimitMs);
      return { pid: server.pid, ended: server.ended, stop: () => server.stop('SIGTERM', stopLimitMs) };
    },
  };
}

/** A service gets its own settings and no other's: of our environment only what programs in general need. */
function inherited(): NodeJS.ProcessEnv {
  const names = ['PATH', 'HOME', 'TZ', 'LANG', 'NODE_EXTRA_CA_CERTS', 'NODE_OPTIONS'];
  return Object.fromEntries(names.map((name) => [name, process.env[name]]));
}

async function isReady(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/health/ready`)).ok;
  } catch {
    return false;
  }
}
