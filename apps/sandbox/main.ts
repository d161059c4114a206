import { startService } from '#platform/service.js';
import { sandboxService } from './sandbox.service.js';

await startService(sandboxService);
