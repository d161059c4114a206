import { text } from 'node:stream/consumers';
import { fatalSentences } from '#platform/fatal.js';
import { loadVaultKeys } from '#vault/vault-keys.js';
import { openRecord } from '#vault/sealing/sealed-message.js';

/**
 * `node dist/tools/open-dead-letter.js < SEALED`: opens the `sealed` text of a dead letter (`onboard dead-letters --json`, the
 * tracker's `/v1/dead-letters/{id}`) with the vault's keys, and prints the record as it was: key, value and headers, the
 * first two in base64. What it prints may be personal data.
 */
try {
  const sealed = (await text(process.stdin)).trim();
  process.stdout.write(`${(await openRecord(loadVaultKeys(process.env), sealed)).toString('utf8')}\n`);
} catch (error) {
  process.stderr.write(fatalSentences('open-dead-letter', error));
  process.exitCode = 1;
}
