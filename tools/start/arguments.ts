import { parseArgs } from 'node:util';

/** What the user asked of `npm start`. */
export interface StartArguments {
  /** End when all requests have ended, with exit code 0 if all ended as expected. */
  readonly isOnce: boolean;
  /** Go on with the data of the last run (true) or start with none (false); undefined: as fits the sources. */
  readonly isDataKept: boolean | undefined;
  /** A JSON Lines file of requests; the examples when absent. */
  readonly requestsFile: string | undefined;
  readonly isVerbose: boolean;
}

/** What `--help` prints. */
export const usage = `npm start -- [options]

  --once            end when every request has ended; exit code 0 if all ended as expected
  --requests FILE   onboard these applicants (JSON Lines, like examples/applicants.jsonl)
  --keep            go on with the data of the last run
  --fresh           begin with no data: the default, unless DATABASE_URL or KAFKA_BROKERS is set, whose data
                    are never emptied
  --verbose         tell each process's id, and how long it took to be ready
  --help            this text

DATABASE_URL, KAFKA_BROKERS and FINHUB_BASE_URL (with its credentials) are used where they are set; what is not set is
started here. At a FinHub of your own its officers decide the verifications, so that --once may wait for days: with
FINHUB_APPROVAL=auto they are approved by our admin session. Any other setting of a service is handed on to it (docs/operations.md).

All data, logs and secrets lie in .onboarding/ (ONBOARDING_DIRECTORY names another folder). Its secrets.json has the only keys to the
personal data in DATABASE_URL, unless VAULT_KEYS, VAULT_HASH_KEY and VAULT_INTAKE_KEY are set; SERVICE_DATABASE_PASSWORD becomes the
password of the roles there; where it is not set, roles with a password other than the file's are refused, and stay as they are.
`;

/** Reads the command line; `undefined` when the user asked for help. Throws a sentence for what it does not know. */
export function readArguments(argv: readonly string[]): StartArguments | undefined {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      once: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      fresh: { type: 'boolean', default: false },
      requests: { type: 'string' },
      verbose: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  if (values.keep && values.fresh)
    throw new Error('--keep and --fresh exclude each other: give one of them.');
  return {
    isOnce: values.once,
    isDataKept: values.keep || values.fresh ? values.keep : undefined,
    requestsFile: values.requests,
    isVerbose: values.verbose,
  };
}
