import { z } from 'zod';

declare module 'zod' {
  interface GlobalMeta {
    /** A value that would make the setting work, shown where it is missing or wrong. */
    example?: string | undefined;
    /** Never echoed, logged or listed. */
    isSecret?: boolean | undefined;
  }
}

/** What {@link loadSettings} makes of the environment, checked and typed. */
export type Settings<Schema extends z.ZodObject> = z.output<Schema>;

/** One or more settings are missing or wrong. `sentences` has one per mistake: name, what is wrong, what to set. */
export class SettingsError extends Error {
  constructor(readonly sentences: readonly string[]) {
    super(sentences.join('\n'));
    this.name = 'SettingsError';
  }
}

/**
 * Reads a service's settings. The keys of the schema are the names of the environment variables; an empty variable
 * counts as not set. Throws {@link SettingsError} with **all** mistakes; the values of secrets are in no sentence.
 */
export function loadSettings<Schema extends z.ZodObject>(
  schema: Schema,
  env: NodeJS.ProcessEnv,
): Settings<Schema> {
  const given = givenSettings(schema, env);
  const read = schema.safeParse(given);
  if (read.success) return read.data;
  const firstPerSetting = new Map(read.error.issues.toReversed().map((issue) => [issue.path[0], issue]));
  throw new SettingsError(
    [...firstPerSetting.values()].reverse().map((issue) => sentenceOf(issue, schema, given)),
  );
}

/** The settings that the environment has a value for, as they are there: what is to be handed on to a service. */
export function givenSettings(schema: z.ZodObject, env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.keys(schema.shape).flatMap((name) => (env[name] ? [[name, env[name]] as const] : [])),
  );
}

/** A row of the generated table of settings. */
export interface SettingRow {
  readonly name: string;
  /** `required`, `optional` or the default as one would write it into the environment. */
  readonly value: string;
  readonly meaning: string;
  readonly isSecret: boolean;
}

/** What a service can be told, for the documentation. */
export function describeSettings(schema: z.ZodObject): SettingRow[] {
  return entriesOf(schema).map(([name, setting]) => {
    const meta = metaOf(setting);
    return {
      name,
      value: defaultOf(setting),
      meaning: meta.description ?? '',
      isSecret: meta.isSecret ?? false,
    };
  });
}

/** The settings as they may be logged: secrets are `***`, and of a secret URL only the password is hidden. */
export function maskedSettings(
  schema: z.ZodObject,
  settings: Record<string, unknown>,
): Record<string, unknown> {
  return Object.fromEntries(
    entriesOf(schema)
      .filter(([name]) => settings[name] !== undefined)
      .map(([name, setting]) => [name, metaOf(setting).isSecret ? mask(settings[name]) : settings[name]]),
  );
}

function entriesOf(schema: z.ZodObject): [string, z.core.$ZodType][] {
  return Object.entries<z.core.$ZodType>(schema.shape);
}

function mask(value: unknown): string {
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined;
  return url?.password ? `${url.protocol}//${url.username}:***@${url.host}${url.pathname}` : '***';
}

function sentenceOf(issue: z.core.$ZodIssue, schema: z.ZodObject, given: Record<string, string>): string {
  const name = String(issue.path[0] ?? '');
  const setting = new Map(entriesOf(schema)).get(name);
  if (!setting) return issue.message;
  const meta = metaOf(setting);
  const remedy = meta.example === undefined ? `set ${name}` : `set it like ${name}=${meta.example}`;
  const meaning = meta.description ? ` (${meta.description})` : '';
  if (given[name] === undefined) return `${name} is not set${meaning}: ${remedy}`;
  const fault = meta.isSecret ? `${name} is wrong` : `${name} cannot be "${given[name]}"`;
  return `${fault}${meaning}: ${issue.message}; ${remedy}`;
}

function metaOf(setting: z.core.$ZodType): z.GlobalMeta {
  const meta = z.globalRegistry.get(setting);
  if (meta) return meta;
  const inner = innerOf(setting);
  return inner ? metaOf(inner) : {};
}

function defaultOf(setting: z.core.$ZodType): string {
  if (setting instanceof z.ZodDefault || setting instanceof z.ZodPrefault)
    return asVariable(setting.def.defaultValue);
  if (setting instanceof z.ZodOptional) return 'optional';
  const inner = innerOf(setting);
  return inner ? defaultOf(inner) : 'required';
}

function innerOf(setting: z.core.$ZodType): z.core.$ZodType | undefined {
  if (setting instanceof z.ZodPipe) return setting.def.in;
  if (
    setting instanceof z.ZodDefault ||
    setting instanceof z.ZodPrefault ||
    setting instanceof z.ZodOptional ||
    setting instanceof z.ZodNullable
  )
    return setting.def.innerType;
  return undefined;
}

function asVariable(value: unknown): string {
  if (!Array.isArray(value)) return String(value);
  if (value.length === 0) return 'none';
  return value.every((item) => typeof item === 'string') ? value.join(',') : 'built in';
}
