import { stageService } from '#stage-service/stage-service.js';
import { ActivationHandler } from './activation.handler.js';
import { activationSettings } from './settings.js';

/** The last stage: activates the customer and waits for the IBAN. */
export const activationStage = stageService({
  stage: 'activation',
  settings: activationSettings,
  handlers: [ActivationHandler],
});
