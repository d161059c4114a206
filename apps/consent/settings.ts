export { stageSettings as consentSettings } from '#stage-service/stage-settings.js';
