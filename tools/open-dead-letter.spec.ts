import { expect, test } from '@jest/globals';
import { sealRecord } from '#vault/sealing/sealed-message.js';
import { generateVaultKeys, loadVaultKeys } from '#vault/vault-keys.js';
import { runProgram } from '../test/run-program.js';

const command = ['dist/tools/open-dead-letter.js'];
const settings = { ...generateVaultKeys() };

test('the command prints the record as it was', async () => {
  const record = '{"key":null,"value":"/wB7","headers":{}}';
  const input = await sealRecord(loadVaultKeys(settings), Buffer.from(record));
  const opened = await runProgram(command, { env: settings, input: `${input}\n` });
  expect(opened).toEqual({ exitCode: 0, stdout: `${record}\n`, stderr: '' });
});

test.each([
  ['a record that is sealed to another key', 'VAULT_INTAKE_KEY'],
  ['a text that is no seal', 'onboard dead-letter'],
])('%s is one sentence with the remedy, and nothing is printed', async (what, remedy) => {
  const sealed = await sealRecord(loadVaultKeys(generateVaultKeys()), Buffer.from('{}'));
  const input = what.startsWith('a record') ? sealed : 'nonsense';
  const { exitCode, stdout, stderr } = await runProgram(command, { env: settings, input });
  expect([exitCode, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(/^open-dead-letter cannot start: [^\n]+\n$/u);
  expect(stderr).toContain(remedy);
});

test('without the keys it names the setting that is missing', async () => {
  const { exitCode, stderr } = await runProgram(command);
  expect(exitCode).toBe(1);
  expect(stderr).toContain('VAULT_KEYS is missing');
});
