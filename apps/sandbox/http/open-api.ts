import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020, type AnySchema, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';
import type { FieldFault } from './refusal.js';

type Json = Record<string, unknown>;

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema?: AnySchema;
}

/** What the OpenAPI file says of one operation, ready to be held against requests and answers. */
export interface OperationSpec {
  readonly operationId: string;
  /** Every fault of the body; none where the operation takes no JSON. */
  bodyFaults(body: unknown): FieldFault[];
  /** Every fault of a form's fields, where the operation takes a form. */
  formFaults(fields: unknown): FieldFault[];
  /** Every fault of path and query. */
  parameterFaults(path: Json, query: Json): FieldFault[];
  /** Every fault of an answer; also one for a status that the file does not list. */
  answerFaults(status: number, body: unknown): FieldFault[];
}

const documentKey = 'finhub.yaml';

/**
 * The OpenAPI file as a judge of requests and answers: the same file that the client's types are made from, so the two
 * can differ in their reading of it only.
 */
export class OpenApi {
  private readonly ajv = judge(false);
  /** Path and query are text: `page=1` is an integer. */
  private readonly parameterAjv = judge(true);
  private readonly specs = new Map<string, OperationSpec>();

  constructor(private readonly document: Json) {
    for (const ajv of [this.ajv, this.parameterAjv]) ajv.addSchema(document, documentKey);
    for (const [path, item] of Object.entries(document['paths'] as Record<string, Json>))
      for (const method of ['get', 'post', 'put', 'delete'])
        if (item[method]) this.specs.set(keyOf(method, path), this.specOf(path, item, method));
  }

  /** The operation with this id. */
  operation(operationId: string): OperationSpec | undefined {
    return [...this.specs.values()].find((spec) => spec.operationId === operationId);
  }

  /** What is said about a route, by Express or by OpenAPI. Throws where the file does not have it. */
  ofRoute(method: string, route: string): OperationSpec {
    const spec = this.specs.get(keyOf(method, route));
    if (!spec) throw new Error(`openapi.yaml has no ${method} ${route}: describe it there first`);
    return spec;
  }

  /** What is said about a request line such as `GET /api/v2.1/verifications/123?x=1`; for specs, which know no route. */
  match(requestLine: string): OperationSpec | undefined {
    const line = requestLine.split('?')[0] ?? '';
    const parts = line.split('/');
    const fits = (key: string): boolean => {
      const pattern = key.split('/');
      return (
        pattern.length === parts.length && pattern.every((part, at) => part === '{}' || part === parts[at])
      );
    };
    const key = this.specs.has(line) ? line : [...this.specs.keys()].find(fits);
    return this.specs.get(key ?? '');
  }

  private specOf(path: string, item: Json, method: string): OperationSpec {
    const operation = item[method] as Json;
    const pointer = ['paths', path, method];
    const bodyOf = (mediaType: string) =>
      this.validatorAt([...pointer, 'requestBody', 'content', mediaType, 'schema']);
    const [body, form] = [bodyOf('application/json'), bodyOf('multipart/form-data')];
    const parameters = this.parametersOf(item, operation);
    const responses = operation['responses'] as Json;
    const answers = new Map(
      Object.keys(responses).map((status) => {
        const base = this.resolvedPointer([...pointer, 'responses', status]);
        return [status, this.validatorAt([...base, 'content', 'application/json', 'schema'])] as const;
      }),
    );
    return {
      operationId: String(operation['operationId']),
      bodyFaults: (value) => faultsOf(body, value ?? {}),
      formFaults: (fields) => faultsOf(form, fields),
      parameterFaults: (inPath, inQuery) => [
        ...faultsOf(parameters.path, inPath),
        ...faultsOf(parameters.query, inQuery),
      ],
      answerFaults: (status, value) => {
        const known = String(status) in responses ? String(status) : 'default';
        if (!(known in responses)) return [{ field: 'status', message: `the file lists no ${status}` }];
        return faultsOf(answers.get(known), value);
      },
    };
  }

  private parametersOf(item: Json, operation: Json) {
    const all = [...((item['parameters'] ?? []) as Json[]), ...((operation['parameters'] ?? []) as Json[])];
    const resolved = all.map((each) => this.dereferenced(each) as unknown as Parameter);
    return { path: this.objectOf(resolved, 'path'), query: this.objectOf(resolved, 'query') };
  }

  /** One object schema of the parameters that are in one place. */
  private objectOf(parameters: Parameter[], place: string): ValidateFunction {
    const own = parameters.filter((parameter) => parameter.in === place);
    const properties = own.map(({ name, schema }) => [name, absolute(schema ?? {})]);
    const required = own.filter((parameter) => parameter.required).map(({ name }) => name);
    return this.parameterAjv.compile({
      type: 'object',
      properties: Object.fromEntries(properties) as Json,
      required,
    });
  }

  private validatorAt(pointer: string[]): ValidateFunction | undefined {
    const resolved = this.resolvedPointer(pointer);
    if (this.at(resolved) === undefined) return undefined;
    return this.ajv.compile({ $ref: `${documentKey}${fragment(resolved)}` });
  }

  /** Follows `$ref`s on the way, which a JSON pointer alone does not. */
  private resolvedPointer(pointer: string[]): string[] {
    let resolved: string[] = [];
    for (const part of pointer) {
      resolved.push(part);
      const reference = (this.at(resolved) as Json | undefined)?.['$ref'];
      if (typeof reference === 'string') resolved = reference.slice(2).split('/').map(unescaped);
    }
    return resolved;
  }

  private dereferenced(value: Json): Json {
    const reference = value['$ref'];
    if (typeof reference !== 'string') return value;
    return this.dereferenced(this.at(reference.slice(2).split('/').map(unescaped)) as Json);
  }

  private at(pointer: string[]): unknown {
    return pointer.reduce<unknown>((value, part) => (value as Json | undefined)?.[part], this.document);
  }
}

/** Reads `libs/finhub-client/openapi.yaml` of this repository, from sources and from `dist` alike. */
export function loadOpenApi(): OpenApi {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return new OpenApi(parse(readFileSync(join(folder, 'libs/finhub-client/openapi.yaml'), 'utf8')) as Json);
}

function judge(coerceTypes: boolean): Ajv2020 {
  const ajv = new Ajv2020({
    allErrors: true,
    strict: false,
    coerceTypes,
    // Counting code points of 20 MB of base64 would cost more than all the rest; the option warns that it is old.
    unicode: false,
    logger: false,
  });
  addFormats.default(ajv);
  return ajv;
}

function faultsOf(validate: ValidateFunction | undefined, value: unknown): FieldFault[] {
  if (!validate || validate(value)) return [];
  return (validate.errors ?? []).map(faultOf);
}

function faultOf(error: ErrorObject): FieldFault {
  const missing = (error.params as { missingProperty?: string }).missingProperty;
  const path = error.instancePath.slice(1).split('/').filter(Boolean).map(unescaped);
  return {
    field: [...path, ...(missing ? [missing] : [])].join('.') || 'body',
    message: error.message ?? 'wrong',
  };
}

/** Express and OpenAPI write a parameter of a path differently, and name it as they like. */
function keyOf(method: string, path: string): string {
  return `${method.toUpperCase()} ${path.replaceAll(/\{[^}]+\}|:[A-Za-z]+/gu, '{}')}`;
}

/** A schema of a parameter with its `$ref` made absolute, since it is compiled away from the document. */
function absolute(schema: AnySchema): AnySchema {
  const reference = typeof schema === 'object' ? (schema as Json)['$ref'] : undefined;
  return typeof reference === 'string' ? { $ref: `${documentKey}${reference}` } : schema;
}

function fragment(pointer: string[]): string {
  const parts = pointer.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')));
  return `#/${parts.join('/')}`;
}

function unescaped(part: string): string {
  return decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
}
