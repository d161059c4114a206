import { watchHttp } from './http-edges.js';
import { watchKafka } from './kafka-edges.js';
import { watchPostgres } from './postgres-edges.js';
import { Watch } from './watch.js';

/**
 * Loaded before a service's own program (`node --import`): wraps pg, kafkajs and undici from outside, so that nothing for it
 * stands in the service.
 */
const directory = process.env['CRASH_MATRIX_DIRECTORY'];
if (directory === undefined) throw new Error('CRASH_MATRIX_DIRECTORY names no folder for plans and traces');
const watch = new Watch(directory);
watchPostgres(watch);
watchKafka(watch);
watchHttp(watch);
