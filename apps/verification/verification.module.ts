import { stageService } from '#stage-service/stage-service.js';
import { verificationSettings } from './settings.js';
import { VerificationHandler } from './verification.handler.js';

/** Opens the verification, uploads the documents, and waits for the verdict or approves by the tenant's policy. */
export const verificationStage = stageService({
  stage: 'verification',
  settings: verificationSettings,
  handlers: [VerificationHandler],
  signals: ['verification.submitted', 'approve'],
});
