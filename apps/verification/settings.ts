export { stageSettings as verificationSettings } from '#stage-service/stage-settings.js';
