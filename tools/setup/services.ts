/** The five stages share the runtime's tables; each has them in a schema of its own. */
export const stageServices = ['registration', 'personnel', 'verification', 'consent', 'activation'] as const;

/** Every service with a schema and a role of its own. */
export const databaseServices = [...stageServices, 'gateway', 'tracker'] as const;

export type DatabaseService = (typeof databaseServices)[number];

export function isStage(service: DatabaseService): boolean {
  return (stageServices as readonly DatabaseService[]).includes(service);
}

/** The role that a service logs in with. */
export function roleOf(service: DatabaseService): string {
  return `onboarding_${service}`;
}

/** A superuser's connection string, turned into that of a service's role. */
export function urlForService(url: string, service: DatabaseService, password: string): string {
  const own = new URL(url);
  own.username = roleOf(service);
  own.password = password;
  return own.href;
}
