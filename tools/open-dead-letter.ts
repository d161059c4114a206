import { text } from 'node:stream/consumers';
import { fatalSentences, StartError } from '#platform/fatal.js';
import { UnreadableSeal } from '#vault/vault-errors.js';
import { loadVaultKeys, type VaultKeys } from '#vault/vault-keys.js';
import { openRecord } from '#vault/sealing/sealed-message.js';

/**
 * `onboard dead-letter ID | node dist/tools/open-dead-letter.js`: opens a dead letter with the vault's keys (the VAULT_*
 * settings), and prints the record as it was: key, value and headers, the first two in base64. It may be personal data.
 */
try {
  const keys = loadVaultKeys(process.env);
  process.stdout.write(`${await opened(keys, (await text(process.stdin)).trim())}\n`);
} catch (error) {
  process.stderr.write(fatalSentences('open-dead-letter', error));
  process.exitCode = 1;
}

async function opened(keys: VaultKeys, sealed: string): Promise<string> {
  try {
    return (await openRecord(keys, sealed)).toString('utf8');
  } catch (error) {
    if (!(error instanceof UnreadableSeal)) throw error;
    throw new StartError(
      error.reason === 'unknown_key'
        ? 'the record is sealed to a key that VAULT_INTAKE_KEY does not have: add that key behind the current one'
        : 'the standard input is no dead letter: give it what `onboard dead-letter ID` prints',
    );
  }
}
