import { Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { ActivationController } from './activation/activation.controller.js';
import { Activations } from './activation/activations.js';
import { CategoriesController } from './categories/categories.controller.js';
import { Consents } from './consents/consents.js';
import { ConsentsController } from './consents/consents.controller.js';
import { ControlController } from './control/control.controller.js';
import { PageController } from './control/page.controller.js';
import { Reset } from './control/reset.js';
import { CustomerDocuments } from './documents/customer-documents.js';
import { DocumentsController } from './documents/documents.controller.js';
import { Faults } from './faults/faults.js';
import { FaultyAnswers } from './faults/faulty-answers.js';
import { loadOpenApi, OpenApi } from './http/open-api.js';
import { Magic } from './magic/magic.js';
import { Personnel } from './personnel/personnel.js';
import { PersonnelController } from './personnel/personnel.controller.js';
import { RegistrationController } from './registration/registration.controller.js';
import { Registrations } from './registration/registrations.js';
import { SETTINGS, type SandboxSettings } from './sandbox.settings.js';
import { Logins } from './sessions/logins.js';
import { Sessions } from './sessions/sessions.js';
import { SessionsController } from './sessions/sessions.controller.js';
import { Counters } from './state/counters.js';
import { Customers } from './state/customers.js';
import { Ledger } from './state/ledger.js';
import { RequestLog } from './state/request-log.js';
import { Schedule } from './state/schedule.js';
import { State } from './state/state.js';
import { Tenants } from './tenants.js';
import { Verifications } from './verifications/verifications.js';
import { VerificationsController } from './verifications/verifications.controller.js';
import { Deliveries } from './webhooks/deliveries.js';
import { TestReceiverController } from './webhooks/test-receiver.controller.js';
import { Webhooks } from './webhooks/webhooks.js';
import { WebhooksController } from './webhooks/webhooks.controller.js';

const controllers = [
  SessionsController,
  CategoriesController,
  RegistrationController,
  PersonnelController,
  VerificationsController,
  DocumentsController,
  ConsentsController,
  ActivationController,
  WebhooksController,
  TestReceiverController,
  ControlController,
  PageController,
];

const services = [
  Sessions,
  Logins,
  Customers,
  Registrations,
  Personnel,
  Verifications,
  CustomerDocuments,
  Consents,
  Activations,
  Webhooks,
  Deliveries,
  FaultyAnswers,
  Reset,
];

/** The whole stand-in for FinHub. */
@Module({})
export class SandboxModule implements OnApplicationShutdown {
  constructor(
    private readonly schedule: Schedule,
    private readonly state: State,
  ) {}

  /** Throws where the OpenAPI file or the state file cannot be read. */
  static for(settings: SandboxSettings): DynamicModule {
    const state = new State(settings.SANDBOX_STATE_FILE);
    return {
      module: SandboxModule,
      controllers,
      providers: [
        ...services,
        { provide: SETTINGS, useValue: settings },
        { provide: State, useValue: state },
        { provide: Ledger, useValue: new Ledger(state.effects) },
        { provide: Tenants, useValue: new Tenants(settings.SANDBOX_TENANTS) },
        { provide: Faults, useValue: new Faults(settings.SANDBOX_SEED) },
        { provide: OpenApi, useValue: loadOpenApi() },
        { provide: Counters, useValue: new Counters() },
        { provide: RequestLog, useValue: new RequestLog() },
        { provide: Schedule, useValue: new Schedule() },
        { provide: Magic, useValue: new Magic() },
      ],
    };
  }

  onApplicationShutdown(): void {
    this.schedule.clear();
    this.state.close();
  }
}
