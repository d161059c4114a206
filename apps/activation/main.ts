import { startService } from '#platform/service.js';
import { activationStage } from './activation.module.js';

await startService(activationStage);
