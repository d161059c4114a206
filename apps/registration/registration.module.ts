import { stageService } from '#stage-service/stage-service.js';
import { Intake } from './intake.js';
import { RegistrationHandler } from './registration.handler.js';
import { registrationSettings } from './settings.js';

/** The first stage: admits requests, checks them by our rules, and registers the customer at FinHub. */
export const registrationStage = stageService({
  stage: 'registration',
  settings: registrationSettings,
  handlers: [RegistrationHandler],
  signals: ['customer.created'],
  admission: (vault, clock) => new Intake(vault, clock),
  whenEnded: (vault, onboardingId) => vault.destroyPassword(onboardingId),
  keepsVault: true,
  endCodes: { already_exists: 'already_a_customer' },
});
