import type { Command } from 'commander';
import { z } from 'zod';
import type { GatewayClient } from '#gateway-client/gateway-client.js';
import { statusSchema } from '#gateway-client/onboarding-status.js';
import type { KeyReach } from '../cli-settings.js';
import { wholeNumber } from '../option-values.js';
import type { Context } from '../run.js';
import { table } from '../terminal/table.js';

const deadLetterSchema = z.looseObject({
  id: z.string(),
  at: z.string(),
  topic: z.string(),
  partition: z.number(),
  offset: z.string(),
  consumer: z.string(),
  reason: z.string(),
  bytes: z.number(),
});
type Parked = z.infer<typeof statusSchema>;
type DeadLetter = z.infer<typeof deadLetterSchema>;

interface Options {
  readonly limit: number;
  readonly json?: boolean;
}

const pageSize = 500;

/** `onboard parked` and `onboard dead-letters`: what waits for a human. */
export function addListCommands(program: Command, { gateway, surroundings, action }: Context): void {
  const { out, err } = surroundings;
  const addList = <Item>(name: string, description: string, list: List<Item>): void => {
    program
      .command(name)
      .description(description)
      .option('--limit <count>', 'at most so many, newest first', wholeNumber(1, 1_000_000), 1_000)
      .option('--json', 'as JSON')
      .action(
        action(async (options: Options) => {
          const { items, hasMore } = await allOf(gateway(list.reach), list, options.limit);
          out(options.json ? `${JSON.stringify(items)}\n` : list.text(items));
          if (hasMore) err('There are more; --limit shows them.\n');
          return 0;
        }),
      );
  };
  addList('parked', 'parked onboardings: reason, step, attempts, last answer', {
    path: '/v1/ops/parked',
    reach: 'tenant',
    item: statusSchema,
    text: parkedTable,
  });
  addList('dead-letters', 'records that could not be read, and where they came from', {
    path: '/v1/ops/dead-letters',
    reach: 'every-tenant',
    item: deadLetterSchema,
    text: deadLetterTable,
  });
}

/** `onboard dead-letter ID`: the record itself, sealed, alone on the output. */
export function addDeadLetterCommand(program: Command, { gateway, surroundings, action }: Context): void {
  program
    .command('dead-letter')
    .description('the record of a dead letter, sealed: `node dist/tools/open-dead-letter.js` opens it')
    .argument('<id>', 'as `onboard dead-letters` shows it')
    .action(
      action(async (id: string) => {
        const path = `/v1/ops/dead-letters/${encodeURIComponent(id)}`;
        const { sealed } = await gateway('every-tenant').get(path, z.object({ sealed: z.string() }));
        surroundings.out(`${sealed}\n`);
        return 0;
      }),
    );
}

interface List<Item> {
  readonly path: string;
  readonly reach: KeyReach;
  readonly item: z.ZodType<Item>;
  readonly text: (items: readonly Item[]) => string;
}

async function allOf<Item>(
  gateway: GatewayClient,
  { path, item }: List<Item>,
  limit: number,
): Promise<{ items: Item[]; hasMore: boolean }> {
  const page = z.object({ items: z.array(item), nextCursor: z.string().optional() });
  const items: Item[] = [];
  for (let cursor = ''; ;) {
    const size = Math.min(pageSize, limit - items.length);
    const answer = await gateway.get(`${path}?limit=${String(size)}${cursor}`, page);
    items.push(...answer.items);
    if (answer.nextCursor === undefined) return { items, hasMore: false };
    if (items.length >= limit || answer.items.length === 0) return { items, hasMore: true };
    cursor = `&cursor=${encodeURIComponent(answer.nextCursor)}`;
  }
}

function parkedTable(items: readonly Parked[]): string {
  const rows = items.map(({ onboardingId, requestId, code, stage, step, attempts, lastAnswer, since }) => [
    onboardingId,
    requestId,
    code,
    stage,
    step,
    String(attempts ?? 0),
    [lastAnswer?.status, lastAnswer?.excerpt?.slice(0, 40)].filter((part) => part !== undefined).join(' '),
    since,
  ]);
  const headers = ['ONBOARDING', 'REQUEST', 'REASON', 'STAGE', 'STEP', 'ATTEMPTS', 'LAST ANSWER', 'SINCE'];
  return table(headers, rows, 'Nothing is parked.');
}

function deadLetterTable(items: readonly DeadLetter[]): string {
  const rows = items.map(({ id, at, topic, partition, offset, consumer, reason, bytes }) => [
    id,
    at,
    `${topic}/${String(partition)}@${offset}`,
    consumer,
    reason,
    String(bytes),
  ]);
  return table(['ID', 'AT', 'FROM', 'READ BY', 'REASON', 'BYTES'], rows, 'There are no dead letters.');
}
