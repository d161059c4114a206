import { expect, test } from '@jest/globals';
import { runProgram } from '../../test/run-program.js';

const require = (program: string) => `
  import { requireProgram } from './dist/tools/local/java.js';
  try {
    requireProgram('${program}');
  } catch (error) {
    process.stdout.write(error.message);
  }`;

test.each([
  ['java', 'default-jre-headless'],
  ['mvn', 'maven'],
])(
  'where there is neither `%s` nor an apt-get to install it, one sentence says what to install or to set',
  async (program, debianPackage) => {
    const env = { PATH: '/of/no/program' };
    const ran = await runProgram(['--input-type=module', '--eval', require(program)], { env });
    expect(ran).toEqual({ exitCode: 0, stderr: '', stdout: expect.any(String) });
    expect(ran.stdout).toMatch(/^[^\n]*\.$/u);
    for (const remedy of [program, debianPackage, 'Java 17', 'Maven 3', 'KAFKA_BROKERS'])
      expect(ran.stdout).toContain(remedy);
  },
);
