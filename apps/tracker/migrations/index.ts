import { Tracker1700000000000 } from './1700000000000-tracker.js';

/** Migrations of schema `tracker`, append only. */
export const migrations = [Tracker1700000000000];
