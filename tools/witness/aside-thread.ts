import { parentPort, workerData } from 'node:worker_threads';
import { look, type WitnessPlace } from './look.js';
import { judge } from './verdict.js';

/** The thread of {@link lookAside}. */
const seen = await look(workerData as WitnessPlace);
parentPort?.postMessage({ seen, verdict: judge(seen) });
