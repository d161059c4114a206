import { applyDecorators } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOperation, ApiParam, ApiQuery, ApiResponse } from '@nestjs/swagger';
import { z } from 'zod';
import { sentenceOf, type RefusalCode } from '#contracts/reason-codes.js';

/** What a route is described by: the very schemas that it reads by. */
export interface RouteDescription {
  readonly summary: string;
  readonly path?: z.ZodType;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  /** Content types of a body that is taken as it is. */
  readonly bytes?: readonly string[];
  /** What a status means when all is well. */
  readonly answers: Readonly<Record<number, string>>;
  /** What a status may mean otherwise. */
  readonly problems?: Readonly<Record<number, RefusalCode>>;
  /** Without an API key. */
  readonly isPublic?: boolean;
}

/** Where the schema of every problem is in the description. */
export const problemReference = '#/components/schemas/Problem';

/** Describes a route in the OpenAPI description. */
export function Described(route: RouteDescription): MethodDecorator {
  const problems = route.isPublic ? {} : ({ 401: 'api_key_unknown', 403: 'scope_missing' } as const);
  return applyDecorators(
    ApiOperation({ summary: route.summary }),
    ...(route.isPublic ? [] : [ApiBearerAuth()]),
    ...parametersOf(route.path).map(([name, schema]) => ApiParam({ name, schema })),
    ...parametersOf(route.query).map(([name, schema, required]) => ApiQuery({ name, schema, required })),
    ...bodyOf(route),
    ...Object.entries(route.answers).map(([status, description]) =>
      ApiResponse({ status: Number(status), description }),
    ),
    ...Object.entries<RefusalCode>({ ...problems, ...route.problems }).map(([status, code]) =>
      ApiResponse({
        status: Number(status),
        description: `${code}: ${sentenceOf(code)}`,
        content: { 'application/problem+json': { schema: { $ref: problemReference } } },
      }),
    ),
  );
}

/** A zod schema as OpenAPI has it: what a caller sends, before defaults. */
export function jsonSchemaOf(schema: z.ZodType): object {
  return z.toJSONSchema(schema, { target: 'openapi-3.0', io: 'input', unrepresentable: 'any' });
}

function bodyOf({ body, bytes }: RouteDescription): MethodDecorator[] {
  if (body !== undefined) return [ApiBody({ schema: jsonSchemaOf(body) })];
  return bytes === undefined ? [] : [ApiBody({ schema: { type: 'string', format: 'binary' } })];
}

function parametersOf(schema: z.ZodType | undefined): [name: string, schema: object, isRequired: boolean][] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = jsonSchemaOf(schema) as {
    properties?: Record<string, object>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, property]) => [name, property, required.includes(name)]);
}
