import { createPool, waitForDatabase } from '#platform/database.js';
import { startService } from '#platform/service.js';
import { refuseUnboundRole } from './role.js';
import { trackerSettings } from './settings.js';
import { TrackerModule } from './tracker.module.js';

await startService({
  name: 'tracker',
  settings: trackerSettings,
  module: (settings) => TrackerModule.for(settings),
  prepare: async ({ DATABASE_URL }, { logger, signal }) => {
    await waitForDatabase(DATABASE_URL, {
      signal,
      onWaiting: (sentence) => {
        logger.warn(sentence);
      },
    });
    const pool = createPool(DATABASE_URL, { applicationName: 'tracker', schema: 'tracker', max: 1 });
    try {
      await refuseUnboundRole(pool);
    } finally {
      await pool.end();
    }
  },
});
