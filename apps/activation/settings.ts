export { stageSettings as activationSettings } from '#stage-service/stage-settings.js';
