/**
 * Who may not import what, a sentence each. `from` and `to` are paths in this repository (`libs/stage/steps.ts`); what
 * is installed has the name of its package (`kafkajs`). The first rule that forbids an import reports it.
 */

const stageApps = /^apps\/(?:registration|personnel|verification|consent|activation)\//u;
const isTest = (path) => path.endsWith('.spec.ts');
const isForTests = (path) => isTest(path) || /\/testing\//u.test(path);
const isIn = (folder) => (path) => path.startsWith(`${folder}/`);
const appOf = (path) => /^apps\/[^/]+\//u.exec(path)?.[0];
const isPackage = (to, ...names) => names.some((name) => to === name || to.startsWith(`${name}/`));

/** The contract files that `libs/stage` may use; of those that name topics it may know the types. */
const topicFree = /^libs\/contracts\/(?:contract|envelope|onboarding-id|reason-codes)(?:\/|\.)/u;

/** Where kafkajs is spoken; a spec may too, to look at a topic from outside. */
const kafkaFiles = /^(?:libs\/stage\/kafka-[a-z-]+\.ts|(?:apps\/(?:tracker|gateway)|tools|examples|test)\/)/u;

/** @type {readonly import('./import-rules.js').ImportRule[]} */
export const importRules = [
  {
    from: () => true,
    forbids: (to, from) => isIn('apps/sandbox')(to) && !isIn('apps/sandbox')(from),
    because: 'The sandbox stands in for FinHub and is imported by nothing: speak to it over HTTP.',
  },
  {
    from: isIn('apps'),
    forbids: (to, from) => isIn('apps')(to) && appOf(to) !== appOf(from),
    because: 'No app imports another app: they share events, or a lib.',
  },
  {
    from: (from) => stageApps.test(from) && !isTest(from),
    forbids: (to) => isPackage(to, 'kafkajs', 'pg', 'typeorm', '@nestjs/typeorm', 'undici'),
    because:
      'A stage speaks to FinHub in its steps and returns an event: Kafka, SQL and HTTP are for the runtime and the client.',
  },
  {
    from: (from) => stageApps.test(from),
    forbids: (to) => /^libs\/stage\/(?:kafka-|outbox|sql\/)/u.test(to),
    because: 'A stage holds no producer and no SQL: return the event, the runtime publishes it.',
  },
  {
    from: isIn('apps/sandbox'),
    forbids: (to) =>
      isIn('libs')(to) && !isIn('libs/platform')(to) && !/^libs\/finhub-client\/openapi[a-z-]*\./u.test(to),
    because:
      'The sandbox knows the API by its OpenAPI file alone, never our client, runtime, vault or events.',
  },
  {
    from: isIn('libs'),
    forbids: (to) => isIn('apps')(to) || isIn('tools')(to),
    because: 'A lib knows no app and no tool: give it what it needs from outside.',
  },
  {
    from: (from) => !isIn('test')(from) && !isForTests(from),
    forbids: (to) => isIn('test')(to) || isForTests(to),
    because: 'What tests share is in no build and no image: only specs, testing/ and test/ import it.',
  },
  {
    from: isIn('libs/platform'),
    forbids: (to) => isIn('libs')(to) && !isIn('libs/platform')(to),
    because:
      'The platform is what every service has and knows nothing about onboarding: it imports no other lib.',
  },
  {
    from: isIn('libs/contracts'),
    forbids: (to) => isIn('libs')(to) && !isIn('libs/contracts')(to),
    because: 'The contracts are read by everybody and depend on nobody: they import no other lib.',
  },
  {
    from: isIn('libs/stage'),
    forbids: (to) => ['libs/finhub-client', 'libs/vault', 'libs/quota'].some((lib) => isIn(lib)(to)),
    because:
      'The runtime knows no FinHub and no vault: a handler brings its failures as verdicts and its data as references.',
  },
  {
    from: (from) => isIn('libs/stage')(from) && !isTest(from),
    forbids: (to) => isIn('libs/contracts')(to) && !topicFree.test(to),
    allowsTypes: true,
    because:
      'The runtime knows no stage and no topic: it takes contracts as values and knows their shapes only.',
  },
  {
    from: isIn('libs/finhub-client'),
    forbids: (to) => isIn('libs/stage')(to) || isIn('libs/vault')(to),
    because: 'The client of FinHub knows nothing of stages or the vault.',
  },
  {
    from: isIn('libs/finhub-client'),
    forbids: (to) =>
      isIn('libs/contracts')(to) &&
      !/^libs\/contracts\/(?:reason-codes(?:\/|\.)|request\.|category-risk\.)/u.test(to),
    because:
      "The client of FinHub knows reason codes, what a request looks like, and no events: what it gives back is FinHub's own.",
  },
  {
    from: isIn('libs/gateway-client'),
    forbids: (to) =>
      isIn('libs')(to) && !/^libs\/(?:gateway-client\/|platform\/|contracts\/reason-codes\.)/u.test(to),
    because: 'The client of the gateway knows its HTTP API and reason codes, as anybody outside does.',
  },
  {
    from: (from) =>
      !['apps/cli', 'libs/gateway-client', 'tools', 'test'].some((folder) => isIn(folder)(from)),
    forbids: isIn('libs/gateway-client'),
    because: 'A service speaks by events: only the command line and the tools ask the gateway.',
  },
  {
    from: isIn('libs/vault'),
    forbids: (to) => isIn('libs/stage')(to) || isIn('libs/finhub-client')(to),
    because: 'The vault keeps requests and knows nothing of stages or FinHub.',
  },
  {
    from: (from) => !kafkaFiles.test(from) && !isTest(from),
    forbids: (to) => isPackage(to, 'kafkajs'),
    because: 'kafkajs stays behind libs/stage/kafka-*.ts, with the counters to its hazards: use those.',
  },
  {
    // The crash matrix's hook wraps what there is, and makes no connection.
    from: (from) =>
      !['libs/platform', 'test', 'tools/crash-matrix/hook'].some((folder) => isIn(folder)(from)) &&
      !isTest(from),
    forbids: (to) => isPackage(to, 'pg'),
    allowsTypes: true,
    because:
      'Connections to Postgres are made by libs/platform/database.ts alone, so that none is without time limits.',
  },
];
