import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { faultSchema, type Fault } from '../faults/fault.js';
import { Faults } from '../faults/faults.js';
import { OpenApi } from '../http/open-api.js';
import { invalid, notFound } from '../http/refusal.js';
import { Counters } from '../state/counters.js';
import { Ledger, type LedgerEntry } from '../state/ledger.js';
import { RequestLog, type LoggedRequest } from '../state/request-log.js';
import { Reset } from './reset.js';

/** What tests and people do to the sandbox, and see of it. No part of FinHub, and open to whoever reaches the port. */
@Controller('_sandbox')
export class ControlController {
  constructor(
    private readonly faults: Faults,
    private readonly ledger: Ledger,
    private readonly counters: Counters,
    private readonly log: RequestLog,
    private readonly reset: Reset,
    private readonly openApi: OpenApi,
  ) {}

  @Post('faults')
  @HttpCode(201)
  addFault(@Body() body: unknown): Fault {
    const read = faultSchema.safeParse(body);
    if (!read.success)
      throw invalid(read.error.issues.map(({ path, message }) => ({ field: path.join('.'), message })));
    // A mistyped operation would never be struck, and nobody would know why.
    if (/^[a-z]+$/iu.test(read.data.endpoint) && !this.openApi.operation(read.data.endpoint))
      throw invalid([{ field: 'endpoint', message: 'no operation of openapi.yaml has this id' }]);
    return this.faults.add(read.data);
  }

  @Get('faults')
  listFaults(): { faults: Fault[] } {
    return { faults: this.faults.all() };
  }

  @Delete('faults')
  clearFaults(): { faults: Fault[] } {
    this.faults.clear();
    return { faults: [] };
  }

  @Delete('faults/:id')
  removeFault(@Param('id') id: string): { faults: Fault[] } {
    if (!this.faults.remove(id)) throw notFound('Fault');
    return { faults: this.faults.all() };
  }

  /** `?doubled=true`: only once-only effects that happened more than once; `?prefix=`: keys that begin so. */
  @Get('ledger')
  readLedger(
    @Query('doubled') doubled?: string,
    @Query('prefix') prefix = '',
  ): { effects: LedgerEntry[]; totals: ReturnType<Ledger['totals']> } {
    const entries = doubled === 'true' ? this.ledger.doubled() : this.ledger.all();
    return {
      effects: entries.filter(({ key }) => key.startsWith(prefix)),
      totals: this.ledger.totals(),
    };
  }

  @Get('counters')
  readCounters(): ReturnType<Counters['read']> {
    return this.counters.read();
  }

  /** The newest 20,000 calls, oldest first; `?applicant=`: those about the customer with this e-mail. */
  @Get('requests')
  readRequests(@Query('applicant') applicant?: string): { requests: LoggedRequest[] } {
    return { requests: this.log.read(applicant?.toLowerCase()) };
  }

  @Post('reset')
  @HttpCode(200)
  resetEverything(): { reset: true } {
    this.reset.everything();
    return { reset: true };
  }
}
