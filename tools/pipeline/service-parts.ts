import { databaseServices, isStage, type DatabaseService } from '../setup/services.js';

/** A process of a service. */
export interface ServicePart {
  /** The service's name for its first process; the second one of a stage is e.g. `registration-2`. */
  readonly part: string;
  readonly service: DatabaseService;
}

/** One process of each service, and `replicas` of each stage. */
export function serviceParts(replicas: number): ServicePart[] {
  return databaseServices.flatMap((service) =>
    Array.from({ length: isStage(service) ? replicas : 1 }, (_, index) => ({
      part: index === 0 ? service : `${service}-${String(index + 1)}`,
      service,
    })),
  );
}
