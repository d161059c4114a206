import { expect, test } from '@jest/globals';
import { checkRequest } from '#contracts/request-rules.js';
import { individualRequestSchema, organizationRequestSchema } from '#contracts/request.js';
import { personalFields, plantCanaries } from './canaries.js';
import { fullIndividual, fullOrganization } from './full-requests.js';

test.each([
  { kind: 'an individual', full: fullIndividual, schema: individualRequestSchema },
  { kind: 'an organization', full: fullOrganization, schema: organizationRequestSchema },
])(
  'every personal field that the contract has of $kind gets a canary, and the rules let them through',
  (each) => {
    const { request, fields } = plantCanaries(each.full('canary').request, '11');
    expect(fields).toEqual(personalFields(each.schema));
    expect(checkRequest(request, '2030-01-01')).toEqual({ request });
  },
);
