import type { Command } from 'commander';
import { z } from 'zod';
import { statusOf } from '#gateway-client/onboarding-status.js';
import { parsed, tenantOption, type TenantOption, wholeNumber } from '../option-values.js';
import type { Context } from '../run.js';
import { table } from '../terminal/table.js';
import { visible } from '../terminal/visible.js';
import { giveCommand, pathOf, reportText, type Asked, type Onboarding } from './give-command.js';
import { correctionOf, resolutionOf, type Correction } from './ops-arguments.js';

interface Options extends TenantOption {
  readonly why: string;
  readonly timeLimit: number;
}

const plainCommands = {
  replay: 'take a parked onboarding up again where it stopped',
  cancel: 'end it, and say what remains at FinHub',
  pause: 'stop it between two steps',
  resume: 'let a paused one go on',
  approve: "approve its verification, as the tenant's officer",
} as const;

const placesSchema = z.array(z.object({ place: z.string(), found: z.string() }));

/** The commands of ops: each goes to the gateway with who and why, and is answered by the stage that holds the onboarding. */
export function addOpsCommands(program: Command, context: Context): void {
  for (const [name, description] of Object.entries(plainCommands))
    addPlainCommand(program, context, { name, description });
  addCorrect(program, context);
  addResolve(program, context);
  addErase(program, context);
  addHolds(program, context);
}

function addPlainCommand(
  program: Command,
  context: Context,
  { name, description }: { name: string; description: string },
): void {
  opsCommand(program, name, description).action(
    context.action((id: string, options: Options) =>
      give(context, id, { asked: { command: name, why: options.why }, options }),
    ),
  );
}

function addCorrect(program: Command, context: Context): void {
  opsCommand(program, 'correct', 'change what the request of a parked onboarding said, then replay it')
    .requiredOption(
      '--set <pointer=value>',
      'e.g. /individual/phone=+37060000001; the value goes to the vault',
      parsed(correctionOf),
    )
    .action(
      context.action(async (id: string, options: Options & { set: Correction }) => {
        const call = {
          method: 'POST',
          path: pathOf({ id, ...options }, 'corrections'),
          body: options.set,
          triesMax: 3,
        } as const;
        const { value } = await context.gateway().send(call, z.object({ correctionId: z.string() }));
        const asked = { command: 'correct', why: options.why, pointer: options.set.pointer, ...value };
        return give(context, id, { asked, options });
      }),
    );
}

function addResolve(program: Command, context: Context): void {
  opsCommand(program, 'resolve', 'say what became of a step that is in doubt')
    .requiredOption('--step <step>', 'the step, as `onboard parked` names it')
    .option('--happened', 'it was done at FinHub')
    .option('--did-not-happen', 'it was not done: it will be done again')
    .option('--result <json>', 'the ids that the step would have returned, e.g. {"customerId":"..."}')
    .action(
      context.action(
        (id: string, options: Options & { step: string } & Parameters<typeof resolutionOf>[0]) => {
          const asked = {
            command: 'resolve',
            why: options.why,
            step: options.step,
            ...resolutionOf(options),
          };
          return give(context, id, { asked, options });
        },
      ),
    );
}

function addErase(program: Command, context: Context): void {
  opsCommand(
    program,
    'erase',
    'cancel it if it is under way, then destroy the key of its personal data',
  ).action(
    context.action(async (id: string, options: Options) => {
      const exitCode = await give(context, id, { asked: { command: 'erase', why: options.why }, options });
      if (exitCode === 0) context.surroundings.out(await placesOf(context, { id, ...options }));
      return exitCode;
    }),
  );
}

function addHolds(program: Command, context: Context): void {
  const { gateway, surroundings, action } = context;
  program
    .command('hold')
    .description('refuse the erasure of its personal data until it is released')
    .argument('<id>', 'the onboarding id')
    .requiredOption('--why <reason>', 'what obliges to keep it; sealed in the vault')
    .addOption(tenantOption())
    .action(
      action(async (id: string, { why, tenant }: { why: string } & TenantOption) => {
        const path = pathOf({ id, tenant }, 'hold');
        await gateway().send({ method: 'POST', path, body: { why }, triesMax: 3 }, z.undefined());
        surroundings.out('held\n');
        return 0;
      }),
    );
  program
    .command('release')
    .description('end the hold')
    .argument('<id>', 'the onboarding id')
    .addOption(tenantOption())
    .action(
      action(async (id: string, { tenant }: TenantOption) => {
        const path = pathOf({ id, tenant }, 'release');
        await gateway().send({ method: 'POST', path, triesMax: 3 }, z.undefined());
        surroundings.out('released\n');
        return 0;
      }),
    );
}

function opsCommand(program: Command, name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .argument('<id>', 'the onboarding id')
    .option('--why <reason>', 'the reason, kept on the timeline: no personal data', 'no reason given')
    .option('--time-limit <seconds>', 'how long to wait for the answer', wholeNumber(0, 86_400), 60)
    .addOption(tenantOption());
}

async function give(
  context: Context,
  id: string,
  { asked, options }: { asked: Asked; options: Options },
): Promise<number> {
  const { tenant, timeLimit: timeLimitSeconds } = options;
  const report = await giveCommand(context, { id, tenant }, { asked, timeLimitSeconds });
  context.surroundings.out(visible(reportText(asked.command, report)));
  return report.status === 'applied' ? 0 : 1;
}

/** What the erasure found in each place; it is published right after the answer. */
async function placesOf({ gateway, surroundings }: Context, onboarding: Onboarding): Promise<string> {
  for (let looks = 0; looks < 20 && !surroundings.stopped.aborted; looks += 1) {
    const { timeline = [] } = await statusOf(gateway(), { id: onboarding.id, tenantId: onboarding.tenant });
    const places = placesSchema.safeParse(
      timeline.findLast(({ what }) => what === 'erased')?.['places'],
    ).data;
    if (places !== undefined)
      return table(
        ['PLACE', 'FOUND'],
        places.map(({ place, found }) => [place, found]),
        'Nothing was found.',
      );
    await surroundings.wait(500);
  }
  return 'What was found where will be on the timeline: `onboard status`.\n';
}
