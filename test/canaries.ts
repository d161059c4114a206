import { formsOf } from '../tools/witness/canary-forms.js';

/** What is planted in a request, and looked for elsewhere. */
export interface Planted<Request> {
  readonly request: Request;
  readonly canaries: readonly string[];
}

/** Four digits: two of the request, two of the field. */
type Mark = string;

const dayOf = (mark: Mark): number => 10 + (Number(mark.slice(-2)) % 18);
const textFields = [
  ...['firstName', 'lastName', 'legalName', 'tradingName', 'companyName', 'name', 'placeOfBirth'],
  ...['street', 'city', 'postalCode', 'registrationNumber', 'taxId', 'position', 'userAgent', 'number'],
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
  const planted: unknown = JSON.parse(JSON.stringify(request), (field, value: unknown) => {
    const canary = canaryOf[field]?.(`${seed}${String(canaries.length).padStart(2, '0')}`);
    if (typeof value !== 'string' || canary === undefined) return value;
    canaries.push(canary);
    return field === 'content' ? appended(value, canary) : canary;
  });
  return { request: planted as Request, canaries };
}

/** Whether a text holds a canary: as it is, in hex, or in base64. */
export function holds(text: string, canary: string): boolean {
  return formsOf(canary).some((form) => text.includes(form));
}

/** Behind the end of a PDF or a picture, where no reader minds it. */
function appended(content: string, canary: string): string {
  return Buffer.concat([Buffer.from(content, 'base64'), Buffer.from(canary)]).toString('base64');
}
