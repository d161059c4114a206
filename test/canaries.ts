import { z } from 'zod';
import { formsOf } from '../tools/witness/canary-forms.js';

/** What is planted in a request, and looked for elsewhere. */
export interface Planted<Request> {
  readonly request: Request;
  readonly canaries: readonly string[];
  /** The fields that have one, as {@link personalFields} names them. */
  readonly fields: readonly string[];
}

/** Four digits or more: two of the request, the others of the field. */
type Mark = string;

const dayOf = (mark: Mark): number => 10 + (Number(mark.slice(-2)) % 18);
const textFields = [
  ...['firstName', 'lastName', 'legalName', 'tradingName', 'companyName', 'name', 'placeOfBirth'],
  ...['street', 'city', 'state', 'postalCode', 'registrationNumber', 'taxId', 'legalForm', 'industry'],
  ...['position', 'department', 'userAgent', 'number', 'activationCode', 'id'],
];

/** What a field holds where it is personal: another value each time, and one that the rules let through. */
const canaryOf: Readonly<Record<string, (mark: Mark) => string>> = {
  ...Object.fromEntries(textFields.map((field) => [field, (mark: Mark) => `Canary${mark}`])),
  email: (mark) => `canary${mark}@canary.example.test`,
  phone: (mark) => `+3706998${mark}`,
  dateOfBirth: (mark) => `1987-07-${dayOf(mark)}`,
  incorporationDate: (mark) => `1997-07-${dayOf(mark)}`,
  ipAddress: (mark) => `203.0.113.1${mark.slice(-2)}`,
  website: (mark) => `https://canary${mark}.example.test`,
  password: (mark) => `Canary-Pass-${mark}`,
  content: (mark) => `CanaryInDocument${mark}`,
};

/** A copy of the request in which every personal field has a value of its own; `seed`, two digits, tells copies apart. */
export function plantCanaries<Request>(request: Request, seed: string): Planted<Request> {
  const canaries: string[] = [];
  const fields = new Set<string>();
  const plant = (value: unknown, at: string): unknown => {
    if (Array.isArray(value)) return value.map((entry) => plant(entry, `${at}/*`));
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(
        Object.entries(value).map(([name, its]) => [name, plant(its, `${at}/${name}`)]),
      );
    const field = fieldOf(at);
    const canary = canaryOf[field]?.(`${seed}${String(canaries.length).padStart(2, '0')}`);
    if (typeof value !== 'string' || canary === undefined) return value;
    canaries.push(canary);
    fields.add(at);
    return field === 'content' ? appended(value, canary) : canary;
  };
  return { request: plant(request, '') as Request, canaries, fields: [...fields].sort() };
}

/** What the contract lets an upstream write freely although it is about nobody, or is the same for thousands. */
const impersonal = ['categoryName', 'version', 'acceptedAt', 'ownershipPercentage', 'country', 'nationality'];

/** Every personal field that a schema has, as a JSON pointer with `*` for the entries of a list, in alphabetical order. */
export function personalFields(schema: z.ZodType): string[] {
  const texts = textsOf(z.toJSONSchema(schema), '').filter((at) => !impersonal.includes(fieldOf(at)));
  return [...new Set(texts)].sort();
}

/** Where the schema allows any text rather than one of some. */
function textsOf(schema: z.core.JSONSchema._JSONSchema, at: string): string[] {
  if (typeof schema === 'boolean') return [];
  const { type, properties = {}, items, anyOf = [], oneOf = [] } = schema;
  const isFree = type === 'string' && schema.enum === undefined && schema.const === undefined;
  return [
    ...(isFree ? [at] : []),
    ...Object.entries(properties).flatMap(([name, its]) => textsOf(its, `${at}/${name}`)),
    ...[items ?? []].flat().flatMap((its) => textsOf(its, `${at}/*`)),
    ...[...anyOf, ...oneOf].flatMap((its) => textsOf(its, at)),
  ];
}

function fieldOf(pointer: string): string {
  return pointer.slice(pointer.lastIndexOf('/') + 1);
}

/** Whether a text holds a canary: as it is, in hex, or in base64. */
export function holds(text: string, canary: string): boolean {
  return formsOf(canary).some((form) => text.includes(form));
}

/** Behind the end of a PDF or a picture, where no reader minds it. */
function appended(content: string, canary: string): string {
  return Buffer.concat([Buffer.from(content, 'base64'), Buffer.from(canary)]).toString('base64');
}
