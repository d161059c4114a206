import type { Address, Individual, Organization } from '#contracts/request.js';
import type { Body, FinhubApi } from './api.js';
import type { Call } from './call.js';
import { countryName } from './countries.js';
import type { Envelope } from './envelope.js';
import type { Origin } from './headers.js';

/** The category as a registration names it. */
interface CategoryReference {
  readonly id: string;
  readonly name: string;
}

interface Registration {
  readonly password: string;
  readonly category: CategoryReference;
  /** Where the applicant acted from, when that is known. */
  readonly origin?: Origin | undefined;
}

export interface Registered {
  readonly customerId: string;
  /** The first user's id, where the answer names one (U4); no login tells it, for the login's path asks for it (c.1.2). */
  readonly userId?: string | undefined;
}

export interface RegistrationCalls {
  /**
   * Registers an individual, in the newest generation's form. A second one with the same e-mail is `rejected` as
   * `already_exists`, which does not say who made the first. CONTRACT.md c.2.2, c.8, U24.
   */
  registerIndividual(
    request: Registration & { readonly individual: Individual },
    call?: Call,
  ): Promise<Registered>;
  /** Registers an organization; the same e-mail or registration number is `already_exists`. CONTRACT.md c.3.1, c.8, U24. */
  registerOrganization(
    request: Registration & { readonly organization: Organization },
    call?: Call,
  ): Promise<Registered>;
}

export function registrationCalls(api: FinhubApi): RegistrationCalls {
  return {
    async registerIndividual({ individual, origin, ...secrets }, call) {
      const body = individualBody(individual, secrets, await api.tenantUuid(call));
      return api.request('registerIndividual', { body, origin, read: readRegistered }, call);
    },
    async registerOrganization({ organization, origin, ...secrets }, call) {
      const body = organizationBody(organization, secrets, await api.tenantUuid(call));
      return api.request('registerOrganization', { body, origin, read: readRegistered }, call);
    },
  };
}

function individualBody(
  individual: Individual,
  { password, category }: Registration,
  tenantId: string,
): Body<'IndividualRegistration'> {
  const { firstName, lastName, email, phone, dateOfBirth, gender, placeOfBirth } = individual;
  const customerName = `${firstName} ${lastName}`;
  const nationality = countryName(individual.nationality);
  const identity = { firstName, lastName, email, dateOfBirth, gender, nationality, placeOfBirth };
  const addresses = addressesOf(individual.address, 'HOME');
  return {
    ...identity,
    phone,
    password,
    matchingPassword: password,
    pincode: individual.postalCode,
    roleIds: ['ACCOUNT_OWNER', 'USER'],
    customerCategory: { id: category.id, name: category.name },
    individualCustomer: {
      customerName,
      tenantId,
      ...(addresses && { person: { ...identity, fullName: customerName, addresses } }),
    },
  };
}

function organizationBody(
  organization: Organization,
  { password, category }: Registration,
  tenantId: string,
): Body<'OrganizationRegistration'> {
  const { legalName, tradingName, registrationNumber, taxId, email, phone } = organization;
  const { incorporationDate, legalForm, industry, website } = organization;
  const addresses = addressesOf(organization.address, 'REGISTERED');
  return {
    email,
    password,
    matchingPassword: password,
    roleIds: ['ACCOUNT_OWNER', 'ADMIN'],
    customerCategory: { id: category.id, name: category.name },
    organizationCustomer: {
      customerName: tradingName ?? legalName,
      tenantId,
      organization: {
        legalName,
        registrationNumber,
        taxId,
        email,
        tradingName: tradingName ?? legalName,
        ...(phone === undefined ? {} : { phone }),
        ...(incorporationDate === undefined ? {} : { incorporationDate }),
        ...(legalForm === undefined ? {} : { legalForm }),
        ...(industry === undefined ? {} : { industry }),
        ...(website === undefined ? {} : { website }),
        ...(addresses && { addresses }),
      },
    },
  };
}

function addressesOf(address: Address | undefined, type: string): Body<'Address'>[] | undefined {
  if (!address) return undefined;
  const { street, city, state, postalCode, country } = address;
  const region = state === undefined ? {} : { state };
  return [{ type, street, city, ...region, postalCode, country: countryName(country), isPrimary: true }];
}

/** Ids are in one of several places (U4). */
function readRegistered({ data }: Envelope): Registered {
  const customerId = data.need('customerId', 'organizationId', 'id');
  return { customerId, userId: data.text('userId', 'user.id', 'user.userId') };
}
