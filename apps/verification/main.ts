import { startService } from '#platform/service.js';
import { verificationStage } from './verification.module.js';

await startService(verificationStage);
