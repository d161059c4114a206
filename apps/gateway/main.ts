import { startService } from '#platform/service.js';
import { gatewayService } from './gateway.service.js';

await startService(gatewayService({ env: process.env }));
