import { randomUUID } from 'node:crypto';
import { Body, Controller, Get, HttpCode, HttpStatus, Param, Post, UseGuards } from '@nestjs/common';
import { z } from 'zod';
import { onboardingCommand, type Command } from '#contracts/commands.js';
import type { ApiKey } from '../api-keys/api-key.js';
import { ApiKeyGuard, Caller, NeedsScope } from '../api-keys/api-key.guard.js';
import { readBody, readParameters } from '../http/read-input.js';
import { StrictJson } from '../http/strict-json.pipe.js';
import { OnboardingFinder } from '../onboardings/onboarding-finder.js';
import { BoundedPublisher } from '../publishing/bounded-publisher.js';
import { GatewayRecords } from '../publishing/gateway-records.js';
import { CommandAnswers } from './command-answers.js';

/** What ops may ask for; evidence comes from FinHub only. `by` is the key's name, whatever the body says. */
const opsCommandSchema = z
  .looseObject({
    command: z.enum([
      'replay',
      'correct',
      'resolve',
      'cancel',
      'pause',
      'resume',
      'approve',
      'erase',
      'look-again',
    ]),
    by: z.never().optional(),
    /** The caller's own, so that a repeat after a 503 is the same command. */
    commandId: z.uuid().optional(),
  })
  .transform(({ by: _nobody, ...body }) => body);
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
  @HttpCode(HttpStatus.ACCEPTED)
  async give(
    @Caller() caller: ApiKey,
    @Param() path: unknown,
    @Body(StrictJson) body: unknown,
  ): Promise<object> {
    const onboarding = await this.onboardings.ofPath(caller, path);
    const command = readCommand(body, caller.name);
    await this.publisher.publish([this.records.command(onboarding, command)]);
    return { commandId: command.commandId };
  }

  @Get(':commandId')
  async answer(@Caller() caller: ApiKey, @Param() path: unknown): Promise<object> {
    const onboarding = await this.onboardings.ofPath(caller, path);
    return this.answers.answerTo(onboarding, readParameters(pathSchema, path).commandId);
  }
}

function readCommand(body: unknown, by: string): Command {
  const given = readBody(opsCommandSchema, body);
  return readBody(onboardingCommand.schema, { commandId: randomUUID(), ...given, by });
}
