import { Controller, Get, HttpStatus, Param, Query, UseGuards } from '@nestjs/common';
import { z } from 'zod';
import { everyTenant, type ApiKey } from '../api-keys/api-key.js';
import { ApiKeyGuard, Caller, NeedsScope } from '../api-keys/api-key.guard.js';
import { Described } from '../documentation/described.js';
import { pageSchema, readParameters } from '../http/read-input.js';
import { refusal } from '../http/refusal.js';
import { TrackerClient } from '../tracker/tracker-client.js';

const letterSchema = z.strictObject({ id: z.uuid() });

/** What waits for a human, and how many are where: the tracker's lists, kept to the key's tenant. */
@Controller('v1/ops')
@UseGuards(ApiKeyGuard)
@NeedsScope('ops')
export class ParkedWorkController {
  constructor(private readonly tracker: TrackerClient) {}

  @Get('parked')
  @Described({
    summary: 'Onboardings that wait for a human.',
    query: pageSchema,
    answers: { 200: 'A page; `nextCursor` where more follows.' },
    problems: { 400: 'parameter_invalid', 503: 'temporarily_unavailable' },
  })
  async parked(@Caller() { tenantId }: ApiKey, @Query() query: unknown): Promise<unknown> {
    const page = readParameters(pageSchema, query);
    return this.tracker.get('/v1/parked', tenantId, page);
  }

  @Get('dead-letters')
  @Described({
    summary: 'Records that could not be read; for keys of every tenant.',
    query: pageSchema,
    answers: { 200: 'A page; `nextCursor` where more follows.' },
    problems: { 400: 'parameter_invalid', 503: 'temporarily_unavailable' },
  })
  async deadLetters(@Caller() { tenantId }: ApiKey, @Query() query: unknown): Promise<unknown> {
    refuseUnlessOfEveryTenant(tenantId);
    return this.tracker.get('/v1/dead-letters', tenantId, readParameters(pageSchema, query));
  }

  @Get('dead-letters/:id')
  @Described({
    summary: 'One of them, with the record itself in `sealed`, which only the private intake key opens.',
    path: letterSchema,
    answers: { 200: 'Where it came from, why it could not be read, and `sealed`.' },
    problems: { 400: 'parameter_invalid', 404: 'route_unknown', 503: 'temporarily_unavailable' },
  })
  async deadLetter(@Caller() { tenantId }: ApiKey, @Param() parameters: unknown): Promise<unknown> {
    refuseUnlessOfEveryTenant(tenantId);
    const { id } = readParameters(letterSchema, parameters);
    const letter = await this.tracker.get(`/v1/dead-letters/${id}`, tenantId);
    if (letter !== undefined) return letter;
    throw refusal(HttpStatus.NOT_FOUND, 'route_unknown', {
      detail: 'There is no dead letter with this id.',
    });
  }

  @Get('funnel')
  @Described({
    summary: 'How many reached each stage, passed it, and how they ended.',
    answers: { 200: 'Per kind of applicant.' },
    problems: { 503: 'temporarily_unavailable' },
  })
  async funnel(@Caller() { tenantId }: ApiKey): Promise<unknown> {
    return this.tracker.get('/v1/funnel', tenantId);
  }
}

function refuseUnlessOfEveryTenant(tenantId: string): void {
  if (tenantId === everyTenant) return;
  throw refusal(HttpStatus.FORBIDDEN, 'scope_missing', {
    detail: 'What cannot be read belongs to no tenant: ask with a key of every tenant.',
  });
}
