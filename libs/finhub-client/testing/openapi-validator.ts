import { readFileSync } from 'node:fs';
import type { ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';
import type { Received } from './local-finhub.js';

interface Described {
  readonly pattern: RegExp;
  readonly method: string;
  readonly operationId: string;
  readonly headers: readonly string[];
  readonly validate: ValidateFunction | undefined;
}

interface Parameter {
  readonly $ref?: string;
  readonly name?: string;
  readonly in?: string;
  readonly required?: boolean;
}

type Json = Record<string, unknown>;
type OperationJson = Json & { operationId: string; parameters?: Parameter[]; requestBody?: Json };

/** Judges requests by `openapi.yaml`: operation, required headers, body. */
export class OpenapiValidator {
  readonly #described: readonly Described[];

  constructor() {
    const document = parse(readFileSync(new URL('../openapi.yaml', import.meta.url), 'utf8')) as Json;
    const ajv = new Ajv2020({ strict: false });
    addFormats.default(ajv);
    ajv.addSchema(document, 'openapi');
    this.#described = Object.entries(document['paths'] as Record<string, Json>).flatMap(([path, item]) =>
      Object.entries(item)
        .filter(([method]) => method !== 'parameters')
        .map(([method, operation]) => describeOperation({ document, ajv, path, item, method, operation })),
    );
  }

  /** What is wrong with a request; its operation's name and nothing else if it is as described. */
  judge(request: Received): string {
    const path = request.path.split('?')[0] ?? '';
    const described = this.#described.find((one) => one.method === request.method && one.pattern.test(path));
    if (!described) return `${request.method} ${path} is not described`;
    const missing = described.headers.filter((name) => !request.headers[name.toLowerCase()]);
    const { operationId, validate } = described;
    const errors = validate && !validate(JSON.parse(request.body)) ? (validate.errors ?? []) : [];
    const faults = [...missing, ...errors.map((error) => `${error.instancePath} ${error.message ?? ''}`)];
    return faults.length === 0 ? operationId : `${operationId}: ${faults.join(', ')}`;
  }
}

function describeOperation(from: {
  document: Json;
  ajv: Ajv2020;
  path: string;
  item: Json;
  method: string;
  operation: unknown;
}): Described {
  const { document, ajv, path, item, method } = from;
  const operation = from.operation as OperationJson;
  const parameters = [...((item['parameters'] ?? []) as Parameter[]), ...(operation.parameters ?? [])]
    .map((parameter) => (parameter.$ref ? (resolve(document, parameter.$ref) as Parameter) : parameter))
    .filter((parameter) => parameter.in === 'header' && parameter.required);
  const pointer = ['paths', path, method, 'requestBody'].map(escape).join('/');
  const reference = (operation.requestBody?.['$ref'] as string | undefined) ?? `#/${pointer}`;
  const schema = `openapi${reference}/content/application~1json/schema`;
  const takesJson = resolve(document, `${reference}/content/application~1json`) !== undefined;
  return {
    pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/gu, '[^/]+')}$`, 'u'),
    method: method.toUpperCase(),
    operationId: operation.operationId,
    headers: parameters.map((parameter) => parameter.name ?? ''),
    validate: takesJson ? ajv.compile({ $ref: schema }) : undefined,
  };
}

function resolve(document: Json, reference: string): unknown {
  return reference
    .slice(2)
    .split('/')
    .map((key) => decodeURIComponent(key).replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>((value, key) => (value as Json | undefined)?.[key], document);
}

function escape(key: string): string {
  return encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1'));
}
