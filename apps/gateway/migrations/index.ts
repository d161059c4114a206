import { GatewayTables1790000000001 } from './1790000000001-gateway-tables.js';

/** The migrations of schema `gateway`, oldest first; append only. */
export const migrations = [GatewayTables1790000000001];
