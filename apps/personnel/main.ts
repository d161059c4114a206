import { startService } from '#platform/service.js';
import { personnelStage } from './personnel.module.js';

await startService(personnelStage);
