export { stageSettings as registrationSettings } from '#stage-service/stage-settings.js';
