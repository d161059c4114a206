import { stageService } from '#stage-service/stage-service.js';
import { ConsentHandler } from './consent.handler.js';
import { consentSettings } from './settings.js';

/** Hands FinHub the consents that the applicant gave, with their evidence. */
export const consentStage = stageService({
  stage: 'consent',
  settings: consentSettings,
  handlers: [ConsentHandler],
});
