import { stageService } from '#stage-service/stage-service.js';
import { PersonnelHandler } from './personnel.handler.js';
import { personnelSettings } from './settings.js';

/** Organizations only: adds employees, directors and shareholders. */
export const personnelStage = stageService({
  stage: 'personnel',
  settings: personnelSettings,
  handlers: [PersonnelHandler],
});
