import { startService } from '#platform/service.js';
import { consentStage } from './consent.module.js';

await startService(consentStage);
