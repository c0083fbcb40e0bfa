// An OpenAPI document, turned into what the documentation page shows. Pure.

export interface Schema {
  $ref?: string;
  type?: string | string[];
  format?: string;
  description?: string;
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  example?: unknown;
  examples?: unknown[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  additionalProperties?: Schema | boolean;
  oneOf?: Schema[];
  anyOf?: Schema[];
  allOf?: Schema[];
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
}

interface Media {
  schema?: Schema;
  example?: unknown;
  examples?: Record<string, { value?: unknown }>;
}

interface Parameter {
  $ref?: string;
  name: string;
  in: string;
  required?: boolean;
  description?: string;
  schema?: Schema;
}

interface Body {
  $ref?: string;
  description?: string;
  content?: Record<string, Media>;
}

export interface Operation {
  tags?: string[];
  summary?: string;
  description?: string;
  operationId?: string;
  security?: unknown[];
  parameters?: Parameter[];
  requestBody?: Body;
  responses?: Record<string, Body>;
  'x-permission'?: string;
}

export interface Document {
  info?: { title?: string; version?: string; description?: string };
  tags?: { name: string; description?: string }[];
  paths?: Record<string, Record<string, unknown>>;
  components?: Record<string, Record<string, unknown>>;
}

export interface Call {
  id: string;
  method: string;
  path: string;
  operation: Operation;
  parameters: Parameter[];
}

export interface Group {
  name: string;
  description: string;
  calls: Call[];
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

/** What a $ref names; itself if it has none. Unknown names give an empty object. */
export function resolve<T extends { $ref?: string }>(document: Document, item: T): T {
  let found: unknown = item;
  for (let i = 0; i < 8 && (found as T)?.$ref; i++) {
    const names = (found as T).$ref!.replace(/^#\//, '').split('/');
    found = names.reduce<unknown>(
      (at, name) => (at as Record<string, unknown> | undefined)?.[name],
      document,
    );
  }
  return (found ?? {}) as T;
}

export function refName(schema: Schema): string | null {
  return schema.$ref?.slice(schema.$ref.lastIndexOf('/') + 1) ?? null;
}

export function groupCalls(document: Document): Group[] {
  const groups = new Map<string, Group>();
  for (const tag of document.tags ?? []) {
    groups.set(tag.name, { name: tag.name, description: tag.description ?? '', calls: [] });
  }
  for (const [path, item] of Object.entries(document.paths ?? {})) {
    const shared = (item.parameters ?? []) as Parameter[];
    for (const method of METHODS) {
      const operation = item[method] as Operation | undefined;
      if (!operation) continue;
      const name = operation.tags?.[0] ?? path.replace('/api/v1', '').split('/')[1] ?? 'root';
      const group = groups.get(name) ?? { name, description: '', calls: [] };
      groups.set(name, group);
      group.calls.push({
        id: operation.operationId ?? `${method}${path.replace(/\W+/g, '-')}`,
        method: method.toUpperCase(),
        path,
        operation,
        parameters: [...shared, ...(operation.parameters ?? [])].map((p) => resolve(document, p)),
      });
    }
  }
  return [...groups.values()].filter((group) => group.calls.length);
}

/** "string (date-time)", "one of: a, b", "list of Customer". */
export function typeOf(document: Document, schema: Schema | undefined): string {
  if (!schema) return '';
  const name = refName(schema);
  if (name) return name;
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((e) => (e === null ? 'null' : String(e))).join(' · ');
  const choices = schema.oneOf ?? schema.anyOf;
  if (choices) return choices.map((c) => typeOf(document, c)).join(' or ');
  if (schema.allOf) return schema.allOf.map((c) => typeOf(document, c)).join(' and ');
  const types = [schema.type ?? (schema.properties ? 'object' : 'any')].flat();
  return types
    .map((type) => {
      if (type === 'array') return `list of ${typeOf(document, schema.items) || 'any'}`;
      return schema.format && type !== 'null' ? `${type} (${schema.format})` : type;
    })
    .join(' or ');
}

export interface Member {
  name: string;
  type: string;
  isRequired: boolean;
  description: string;
  depth: number;
}

const DEPTH_MAX = 4;

/** The members of an object, nested ones indented; named schemas are shown at their own place. */
export function membersOf(document: Document, schema: Schema | undefined, depth = 0): Member[] {
  if (!schema || depth > DEPTH_MAX) return [];
  const parts = (schema.allOf ?? []).flatMap((part) =>
    membersOf(document, resolve(document, part), depth),
  );
  const own = Object.entries(schema.properties ?? {}).flatMap(([name, member]): Member[] => {
    const inner = member.$ref
      ? undefined
      : member.items && !member.items.$ref
        ? member.items
        : member;
    return [
      {
        name,
        type: typeOf(document, member),
        isRequired: schema.required?.includes(name) ?? false,
        description:
          member.description ?? (member.$ref ? (resolve(document, member).description ?? '') : ''),
        depth,
      },
      ...membersOf(document, inner, depth + 1),
    ];
  });
  return [...parts, ...own];
}

/** An example for a schema: its own, else one made of its members. */
export function exampleOf(document: Document, raw: Schema | undefined, depth = 0): unknown {
  if (!raw || depth > DEPTH_MAX) return null;
  const schema = resolve(document, raw);
  if (schema.example !== undefined) return schema.example;
  if (schema.examples?.length) return schema.examples[0];
  if (schema.const !== undefined) return schema.const;
  if (schema.default !== undefined) return schema.default;
  if (schema.enum) return schema.enum[0];
  const choice = schema.oneOf?.[0] ?? schema.anyOf?.[0];
  if (choice) return exampleOf(document, choice, depth);
  if (schema.allOf) {
    return Object.assign(
      {},
      ...schema.allOf.map((part) => exampleOf(document, part, depth) as object),
    );
  }
  const type = [schema.type ?? 'object'].flat().find((t) => t !== 'null');
  if (type === 'array') return [exampleOf(document, schema.items, depth + 1)];
  if (type === 'integer' || type === 'number') return schema.minimum ?? 1;
  if (type === 'boolean') return true;
  if (type === 'string') return schema.format === 'date-time' ? '2026-03-01T09:30:00Z' : '…';
  const names = schema.required?.length
    ? schema.required
    : Object.keys(schema.properties ?? {}).slice(0, 6);
  return Object.fromEntries(
    names.map((n) => [n, exampleOf(document, schema.properties?.[n], depth + 1)]),
  );
}

function exampleOfMedia(document: Document, media: Media | undefined): unknown {
  if (!media) return undefined;
  if (media.example !== undefined) return media.example;
  const named = Object.values(media.examples ?? {})[0]?.value;
  return named ?? (media.schema ? exampleOf(document, media.schema) : undefined);
}

export function bodyOf(
  document: Document,
  body: Body | undefined,
): { type: string; media: Media } | null {
  if (!body) return null;
  const entries = Object.entries(resolve(document, body).content ?? {});
  const [type, media] =
    entries.find(([t]) => t.includes('json') && !t.includes('ndjson')) ?? entries[0] ?? [];
  return type && media ? { type, media } : null;
}

/** A command that can be pasted: with the visitor's host. */
export function curlOf(document: Document, call: Call, origin: string): string {
  const isOpen = call.operation.security?.length === 0;
  const path = call.path.replace(/\{(\w+)\}/g, (_, name: string) => `$${name.toUpperCase()}`);
  const needed = call.parameters.filter((p) => p.in === 'query' && p.required);
  const query = needed.map((p) => `${p.name}=${String(exampleOf(document, p.schema))}`).join('&');
  const address = `${origin}${path}${query ? `?${query}` : ''}`;
  const lines = [`curl${call.method === 'GET' ? '' : ` -X ${call.method}`} "${address}"`];
  if (!isOpen) lines.push(`-H 'Authorization: Bearer rap_…'`);
  const body = bodyOf(document, call.operation.requestBody);
  if (body) {
    lines.push(`-H 'Content-Type: ${body.type}'`);
    const example = exampleOfMedia(document, body.media);
    if (body.type === 'application/octet-stream') lines.push('--data-binary @file');
    else if (typeof example === 'string')
      lines.push(`--data-binary '${example.replaceAll("'", `'\\''`)}'`);
    else lines.push(`-d '${JSON.stringify(example ?? {}).replaceAll("'", `'\\''`)}'`);
  }
  return lines.join(' \\\n  ');
}
