import { Body, Param, Query } from '@nestjs/common';
import { answer, type Answer } from '../http/answer.js';
import { TheCall, type Call } from '../http/call.js';
import { FinhubCall, FinhubController } from '../http/finhub-controller.js';
import { page, type PageQuery } from '../http/page.js';
import type { Director, Employee, Shareholder } from '../state/customer.js';
import { Customers } from '../state/customers.js';
import type { NewDirector, NewDirectorFlat, NewEmployee, NewShareholder } from './personnel.rules.js';
import { Personnel, type Added } from './personnel.js';

/** c.3.2 to c.3.5 */
@FinhubController()
export class PersonnelController {
  constructor(
    private readonly personnel: Personnel,
    private readonly customers: Customers,
  ) {}

  @FinhubCall('POST', 'v2.1/customer/organization/:organizationId/employee', { bearer: 'any' })
  addEmployee(@TheCall() call: Call, @Param('organizationId') id: string, @Body() body: NewEmployee): Answer {
    const added = this.personnel.addEmployee(call, id, body);
    const { employeeId, userId } = added.person;
    return answer({ individual: login(added), userId, employeeId }, 'Employee added after role validation');
  }

  @FinhubCall('GET', 'v2.1/customer/organization/:organizationId/employees', { bearer: 'any' })
  employees(
    @TheCall() call: Call,
    @Param('organizationId') id: string,
    @Query() query: PageQuery & { department?: string; role?: string },
  ): Answer {
    const { employees } = this.customers.get(call, id, 'organization');
    const wanted = employees.filter(
      ({ department, roles }) =>
        (query.department === undefined || department === query.department) &&
        (query.role === undefined || roles.includes(query.role)),
    );
    const { items, pagination } = page(wanted, query);
    return answer({ employees: items.map(shownEmployee), pagination });
  }

  @FinhubCall(
    'POST',
    [
      'v2.1/customer/organization/:organizationId/director',
      'v2.1/customer/organization/:organizationId/directors',
    ],
    { bearer: 'any' },
  )
  addDirector(
    @TheCall() call: Call,
    @Param('organizationId') id: string,
    @Body() body: NewDirector | NewDirectorFlat,
  ): Answer {
    const added = this.personnel.addDirector(call, id, body);
    return answer({ ...shownDirector(added.person), individual: login(added) }, 'Director added');
  }

  @FinhubCall('GET', 'v2.1/customer/organization/:organizationId/directors', { bearer: 'any' })
  directors(@TheCall() call: Call, @Param('organizationId') id: string, @Query() query: PageQuery): Answer {
    const { items, pagination } = page(this.customers.get(call, id, 'organization').directors, query);
    return answer({ directors: items.map(shownDirector), pagination });
  }

  @FinhubCall('POST', 'v2.1/customer/organization/:organizationId/shareholders', { bearer: 'any' })
  addShareholders(
    @TheCall() call: Call,
    @Param('organizationId') id: string,
    @Body() body: NewShareholder | NewShareholder[],
  ): Answer {
    const added = this.personnel.addShareholders(call, id, [body].flat()).map(shownShareholder);
    return answer(Array.isArray(body) ? added : added[0], 'Shareholder added');
  }

  /** Still a v2 path. */
  @FinhubCall('GET', 'v2/organizations/:organizationId/shareholders', { bearer: 'any' })
  shareholders(
    @TheCall() call: Call,
    @Param('organizationId') id: string,
    @Query() query: PageQuery,
  ): Answer {
    const { items, pagination } = page(this.customers.get(call, id, 'organization').shareholders, query);
    return answer({ shareholders: items.map(shownShareholder), pagination });
  }
}

function login({ person, temporaryPassword }: Added<Employee | Director>): Record<string, unknown> {
  const { userId, email, firstName, lastName } = person;
  return { userId, email, firstName, lastName, username: email, temporaryPassword };
}

function shownEmployee(employee: Employee): Record<string, unknown> {
  const { hiredAt, ...rest } = employee;
  const hiredDate = new Date(hiredAt).toISOString().slice(0, 10);
  return { ...rest, role: employee.roles[0], status: 'ACTIVE', hiredDate };
}

function shownDirector(director: Director): Record<string, unknown> {
  return { ...director, id: director.directorId, status: 'ACTIVE' };
}

function shownShareholder(shareholder: Shareholder): Record<string, unknown> {
  const createdAt = new Date(shareholder.createdAt).toISOString();
  return { ...shareholder, id: shareholder.shareholderId, status: 'PENDING_VERIFICATION', createdAt };
}
