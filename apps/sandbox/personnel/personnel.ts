import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#platform/clock.js';
import type { Call } from '../http/call.js';
import { Magic } from '../magic/magic.js';
import { generatePassword, hashPassword } from '../sessions/password.js';
import type { Customer, Director, Employee, Shareholder } from '../state/customer.js';
import { Customers } from '../state/customers.js';
import { Ledger, type EffectKind } from '../state/ledger.js';
import {
  shareholderKey,
  withDirector,
  withEmployee,
  withShareholders,
  type NewDirector,
  type NewDirectorFlat,
  type NewEmployee,
  type NewShareholder,
} from './personnel.rules.js';

/** Somebody who was added, with the login that came with it (c.3.2). */
export interface Added<Person> {
  readonly person: Person;
  readonly temporaryPassword: string;
}

/** Adds people to organizations. A repeat adds a second one: FinHub cannot tell (U24). */
@Injectable()
export class Personnel {
  constructor(
    private readonly customers: Customers,
    private readonly ledger: Ledger,
    private readonly magic: Magic,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  addEmployee(call: Call, organizationId: string, body: NewEmployee): Added<Employee> {
    const temporaryPassword = generatePassword();
    const before = this.customers.get(call, organizationId, 'organization');
    const after = this.customers.save(withEmployee(before, body, this.chance(temporaryPassword)));
    const person = last(after.employees);
    this.record('employee', after, { key: person.email.toLowerCase(), objectId: person.employeeId });
    this.magic.afterEffect(call, after, 'lost-employee');
    return { person, temporaryPassword };
  }

  addDirector(call: Call, organizationId: string, body: NewDirector | NewDirectorFlat): Added<Director> {
    const temporaryPassword = generatePassword();
    const before = this.customers.get(call, organizationId, 'organization');
    const after = this.customers.save(withDirector(before, body, this.chance(temporaryPassword)));
    const person = last(after.directors);
    this.record('director', after, { key: person.email.toLowerCase(), objectId: person.directorId });
    this.magic.afterEffect(call, after, 'lost-director');
    return { person, temporaryPassword };
  }

  addShareholders(
    call: Call,
    organizationId: string,
    bodies: readonly NewShareholder[],
  ): readonly Shareholder[] {
    const before = this.customers.get(call, organizationId, 'organization');
    const nowMs = this.clock.now().getTime();
    const after = this.customers.save(withShareholders(before, bodies, { nowMs, newId: randomUUID }));
    const added = after.shareholders.slice(before.shareholders.length);
    for (const shareholder of added)
      this.record('shareholder', after, {
        key: shareholderKey(shareholder),
        objectId: shareholder.shareholderId,
      });
    this.magic.afterEffect(call, after, 'lost-shareholder');
    return added;
  }

  private chance(password: string) {
    return { nowMs: this.clock.now().getTime(), newId: randomUUID, passwordHash: hashPassword(password) };
  }

  private record(
    kind: EffectKind,
    { id, tenantId }: Customer,
    effect: { key: string; objectId: string },
  ): void {
    this.ledger.record({
      kind,
      tenantId,
      key: `${id}:${effect.key}`,
      objectId: effect.objectId,
      at: this.clock.now().getTime(),
    });
  }
}

function last<Item>(items: readonly Item[]): Item {
  const item = items.at(-1);
  if (item === undefined) throw new Error('what was just added is not there');
  return item;
}
