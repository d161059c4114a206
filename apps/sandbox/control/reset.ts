import { Injectable } from '@nestjs/common';
import { Faults } from '../faults/faults.js';
import { Magic } from '../magic/magic.js';
import { Counters } from '../state/counters.js';
import { Customers } from '../state/customers.js';
import { RequestLog } from '../state/request-log.js';
import { Schedule } from '../state/schedule.js';
import { State } from '../state/state.js';
import { Verifications } from '../verifications/verifications.js';
import { Deliveries } from '../webhooks/deliveries.js';
import { Webhooks } from '../webhooks/webhooks.js';

/** Makes this FinHub new: nobody registered, no session, no fault, an empty ledger. */
@Injectable()
export class Reset {
  constructor(
    private readonly state: State,
    private readonly customers: Customers,
    private readonly verifications: Verifications,
    private readonly webhooks: Webhooks,
    private readonly deliveries: Deliveries,
    private readonly schedule: Schedule,
    private readonly faults: Faults,
    private readonly magic: Magic,
    private readonly counters: Counters,
    private readonly log: RequestLog,
  ) {}

  everything(): void {
    this.schedule.clear();
    this.state.clear();
    for (const memory of [this.customers, this.verifications, this.webhooks, this.deliveries, this.magic])
      memory.forget();
    this.faults.clear();
    this.counters.clear();
    this.log.clear();
  }
}
