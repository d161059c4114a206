import { Controller, Get, Param, Query, UseGuards } from '@nestjs/common';
import { addToLogContext } from '#platform/log-context.js';
import { Reads } from '../reads.js';
import {
  answer,
  idSchema,
  nextCursor,
  onboardingsSchema,
  pageSchema,
  read,
  recordIdSchema,
  Tenant,
} from './parameters.js';
import { problem } from './problem.js';
import { TokenGuard } from './token.guard.js';

/** What became of onboardings. */
@Controller('v1')
@UseGuards(TokenGuard)
export class OnboardingsController {
  constructor(private readonly reads: Reads) {}

  /** Where it stands, and its timeline; the latest part of it where it is long, older ones by `nextCursor`. */
  @Get('onboardings/:id')
  async one(@Tenant() tenant: string, @Param('id') id: string, @Query() query: unknown): Promise<object> {
    const { limit, cursor } = read(pageSchema, { limit: '500', ...(query as object) });
    const onboardingId = read(idSchema, id);
    addToLogContext({ onboardingId });
    const found = await this.reads.onboarding(tenant, onboardingId, { limit, before: cursor });
    if (found === undefined) throw problem(404, 'onboarding_unknown');
    const { end, ...onboarding } = found;
    return { ...onboarding, ...nextCursor(end) };
  }

  @Get('onboardings')
  async list(@Tenant() tenant: string, @Query() query: unknown): Promise<object> {
    const { cursor, ...filter } = read(onboardingsSchema, query);
    return answer(await this.reads.onboardings(tenant, { ...filter, before: cursor }));
  }

  /** Those that wait for a human. */
  @Get('parked')
  async parked(@Tenant() tenant: string, @Query() query: unknown): Promise<object> {
    const { cursor, ...filter } = read(onboardingsSchema.omit({ state: true }), query);
    return answer(await this.reads.onboardings(tenant, { ...filter, state: 'parked', before: cursor }));
  }

  @Get('commands/:id')
  async command(@Tenant() tenant: string, @Param('id') id: string): Promise<object> {
    const report = await this.reads.command(tenant, read(idSchema, id));
    if (report === undefined) throw problem(404, 'command_unknown');
    addToLogContext({ onboardingId: report.onboardingId });
    return report;
  }

  /** Of all tenants or none: nobody knows whose an unreadable record was. */
  @Get('dead-letters')
  async deadLetters(@Tenant() tenant: string, @Query() query: unknown): Promise<object> {
    const { limit, cursor } = read(pageSchema, query);
    return answer(await this.reads.deadLetters(tenant, { limit, before: cursor }));
  }

  /** With the sealed payload, which only the vault's key opens. */
  @Get('dead-letters/:id')
  async deadLetter(@Tenant() tenant: string, @Param('id') id: string): Promise<object> {
    const letter = await this.reads.deadLetter(tenant, read(recordIdSchema, id));
    if (letter === undefined) throw problem(404, 'route_unknown', 'There is no dead letter with this id.');
    return letter;
  }

  /** Per kind of applicant: how many reached each stage, passed it, and how they ended. */
  @Get('funnel')
  funnel(@Tenant() tenant: string): Promise<object> {
    return this.reads.funnels(tenant);
  }

  /** How many stand at each stage, in each state. */
  @Get('counts')
  async counts(@Tenant() tenant: string): Promise<object> {
    return { counts: await this.reads.counts(tenant) };
  }
}
