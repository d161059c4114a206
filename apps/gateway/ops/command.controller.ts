import { randomUUID } from 'node:crypto';
import { Body, Controller, Get, HttpCode, HttpStatus, Param, Post, UseGuards } from '@nestjs/common';
import { z } from 'zod';
import { onboardingCommand, stepResult, type Command } from '#contracts/commands.js';
import type { ApiKey } from '../api-keys/api-key.js';
import { ApiKeyGuard, NeedsScope, TenantCaller, tenantQuerySchema } from '../api-keys/api-key.guard.js';
import { Described } from '../documentation/described.js';
import { readBody, readParameters } from '../http/read-input.js';
import { StrictJson } from '../http/strict-json.pipe.js';
import { OnboardingFinder } from '../onboardings/onboarding-finder.js';
import { BoundedPublisher } from '../publishing/bounded-publisher.js';
import { GatewayRecords } from '../publishing/gateway-records.js';
import { CommandAnswers } from './command-answers.js';

const commands = [
  'replay',
  'correct',
  'resolve',
  'cancel',
  'pause',
  'resume',
  'approve',
  'erase',
  'look-again',
] as const;

/** What ops may ask for; evidence comes from FinHub only. `by` is the key's name, whatever the body says. */
const opsCommandSchema = z
  .looseObject({
    command: z.enum(commands),
    by: z.never().optional(),
    /** The caller's own, so that a repeat after a 503 is the same command. */
    commandId: z.uuid().optional(),
  })
  .transform(({ by: _nobody, ...body }) => body);
const describedCommand = z.object({
  command: z.enum(commands),
  why: z.string().min(1).max(500).describe('Stays on the timeline: no personal data.'),
  commandId: z.uuid().optional(),
  pointer: z.string().max(300).optional(),
  correctionId: z.uuid().optional(),
  step: z.string().max(100).optional(),
  hasHappened: z.boolean().optional(),
  result: stepResult.optional(),
});
const onboardingPath = z.object({ onboardingId: z.uuid() });
const pathSchema = z.object({ commandId: z.uuid() });

/** Commands to an onboarding, each with who and why; the stage that holds it answers with an event. */
@Controller('v1/ops/onboardings/:onboardingId/commands')
@UseGuards(ApiKeyGuard)
@NeedsScope('ops')
export class CommandController {
  constructor(
    private readonly onboardings: OnboardingFinder,
    private readonly records: GatewayRecords,
    private readonly publisher: BoundedPublisher,
    private readonly answers: CommandAnswers,
  ) {}

  @Post()
  @Described({
    summary: 'Gives a command. Besides `command` and `why` it takes the fields of that command.',
    path: onboardingPath,
    query: tenantQuerySchema,
    body: describedCommand,
    answers: { 202: 'On Kafka; ask for its answer by the commandId.' },
    problems: { 404: 'onboarding_unknown', 422: 'request_malformed', 503: 'temporarily_unavailable' },
  })
  @HttpCode(HttpStatus.ACCEPTED)
  async give(
    @TenantCaller() caller: ApiKey,
    @Param() path: unknown,
    @Body(StrictJson) body: unknown,
  ): Promise<object> {
    const onboarding = await this.onboardings.ofPath(caller, path);
    const command = readCommand(body, caller.name);
    await this.publisher.publish([this.records.command(onboarding, command)]);
    return { commandId: command.commandId };
  }

  @Get(':commandId')
  @Described({
    summary: 'What became of a command: pending, applied or refused.',
    path: onboardingPath.extend(pathSchema.shape),
    query: tenantQuerySchema,
    answers: { 200: 'The answer so far. look-again is never answered.' },
    problems: { 404: 'command_unknown', 503: 'temporarily_unavailable' },
  })
  async answer(@TenantCaller() caller: ApiKey, @Param() path: unknown): Promise<object> {
    const onboarding = await this.onboardings.ofPath(caller, path);
    return this.answers.answerTo(onboarding, readParameters(pathSchema, path).commandId);
  }
}

function readCommand(body: unknown, by: string): Command {
  const given = readBody(opsCommandSchema, body);
  return readBody(onboardingCommand.schema, { commandId: randomUUID(), ...given, by });
}
