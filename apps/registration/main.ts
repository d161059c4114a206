import { startService } from '#platform/service.js';
import { registrationStage } from './registration.module.js';

await startService(registrationStage);
