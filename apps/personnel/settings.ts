export { stageSettings as personnelSettings } from '#stage-service/stage-settings.js';
