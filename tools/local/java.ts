import { spawnSync } from 'node:child_process';

const packages = { java: 'default-jre-headless', mvn: 'maven' } as const;

/**
 * Makes sure that a program is there: installs it with `apt-get` when that needs no question (we are root, or sudo asks for
 * no password). Throws a sentence that says what to install or set when it cannot.
 */
export function requireProgram(name: keyof typeof packages): void {
  if (isInstalled(name)) return;
  const apt = aptGet();
  if (apt !== undefined) {
    process.stdout.write(`Installing ${packages[name]} with apt-get, once.\n`);
    install(apt, packages[name]);
    if (isInstalled(name)) return;
  }
  throw new Error(
    `Kafka needs \`${name}\`, which is not installed: install ${packages[name]} (Java 17 or newer, Maven 3), or set KAFKA_BROKERS.`,
  );
}

function isInstalled(name: string): boolean {
  return spawnSync(name, ['-version'], { stdio: 'ignore' }).status === 0;
}

function aptGet(): readonly string[] | undefined {
  if (spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status !== 0) return undefined;
  if (process.getuid?.() === 0) return ['apt-get'];
  return spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0
    ? ['sudo', '-n', 'apt-get']
    : undefined;
}

function install([command = '', ...args]: readonly string[], name: string): void {
  const options = { stdio: 'ignore', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } } as const;
  const installArgs = [...args, 'install', '-y', '-q', '--no-install-recommends', name];
  if (spawnSync(command, installArgs, options).status === 0) return;
  spawnSync(command, [...args, 'update', '-q'], options);
  spawnSync(command, installArgs, options);
}
