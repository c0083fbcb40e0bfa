// /docs/api: reads /openapi.json to a person. A page of its own, without the application's libraries.
import '../style/base.css';
import './api.css';
import { applyPrefs } from '../prefs.ts';
import {
  bodyOf,
  type Call,
  curlOf,
  type Document,
  type Group,
  groupCalls,
  membersOf,
  type Member,
  resolve,
  type Schema,
  typeOf,
} from './openapi.ts';

applyPrefs();
const base = /^\/w\/[a-z0-9][a-z0-9_-]*/.exec(location.pathname)?.[0] ?? '';
const origin = location.origin + base;
const root = document.getElementById('docs')!;

type Child = Node | string | null | false | undefined;

function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, string> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children.filter((c): c is Node | string => Boolean(c)));
  return node;
}

// Descriptions are plain text with `code` in backticks and blank lines between paragraphs.
function prose(text: string | undefined): HTMLElement[] {
  if (!text) return [];
  return text.split(/\n\s*\n/).map((paragraph) => {
    const parts = paragraph.split(/`([^`]+)`/);
    return el('p', {}, ...parts.map((part, i) => (i % 2 ? el('code', {}, part) : part)));
  });
}

function copyable(text: string, label: string): HTMLElement {
  const button = el('button', { type: 'button', class: 'button' }, 'Copy');
  button.onclick = () => {
    const done = () => {
      button.textContent = 'Copied';
      setTimeout(() => (button.textContent = 'Copy'), 2000);
    };
    if (navigator.clipboard) navigator.clipboard.writeText(text).then(done, () => {});
    else getSelection()?.selectAllChildren(pre);
  };
  const pre = el(
    'pre',
    { tabindex: '0', role: 'region', 'aria-label': label },
    el('code', {}, text),
  );
  return el('div', { class: 'code' }, pre, button);
}

const anchor = (name: string) => name.replace(/[^\w.-]+/g, '-').toLowerCase();

function typeNode(text: string, names: Set<string>): HTMLElement {
  const parts = text.split(/\b/);
  return el(
    'span',
    { class: 'type' },
    ...parts.map((part) =>
      names.has(part) ? el('a', { href: `#schema-${anchor(part)}` }, part) : part,
    ),
  );
}

function memberTable(members: Member[], names: Set<string>, label: string): HTMLElement | null {
  if (!members.length) return null;
  return el(
    'div',
    { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': label },
    el(
      'table',
      {},
      el(
        'thead',
        {},
        el('tr', {}, ...['Name', 'Type', 'Meaning'].map((h) => el('th', { scope: 'col' }, h))),
      ),
      el(
        'tbody',
        {},
        ...members.map((m) =>
          el(
            'tr',
            {},
            el(
              'th',
              { scope: 'row' },
              el('code', { class: `depth-${m.depth}` }, m.name),
              m.isRequired && el('span', { class: 'needed' }, ' needed'),
            ),
            el('td', {}, typeNode(m.type, names)),
            el('td', {}, ...prose(m.description)),
          ),
        ),
      ),
    ),
  );
}

function callSection(doc: Document, call: Call, names: Set<string>): HTMLElement {
  const { operation } = call;
  const body = bodyOf(doc, operation.requestBody);
  const bodySchema = body?.media.schema;
  const parameters: Member[] = call.parameters.map((p) => ({
    name: p.name,
    type: [typeOf(doc, p.schema), p.in === 'query' ? '' : `in ${p.in}`].filter(Boolean).join(', '),
    isRequired: p.required ?? false,
    description: p.description ?? p.schema?.description ?? '',
    depth: 0,
  }));
  const head = el(
    'summary',
    {},
    el('span', { class: `method method-${call.method.toLowerCase()}` }, call.method),
    el('code', { class: 'path' }, call.path),
    el('span', { class: 'muted' }, operation.summary ?? ''),
  );
  const members = bodySchema ? membersOf(doc, resolve(doc, bodySchema)) : [];
  const inner = el(
    'div',
    { class: 'call-body' },
    ...prose(operation.description),
    operation['x-permission'] &&
      el('p', {}, 'Permission: ', el('code', {}, operation['x-permission'])),
    parameters.length > 0 && el('h4', {}, 'Parameters'),
    memberTable(parameters, names, 'Parameters'),
    body && el('h4', {}, 'Body ', typeNode(typeOf(doc, bodySchema), names), ` ${body.type}`),
    memberTable(members, names, 'Body'),
    el('h4', {}, 'Replies'),
    replyList(doc, operation.responses ?? {}, names),
    el('h4', {}, 'Call'),
    copyable(curlOf(doc, call, origin), `curl ${call.method} ${call.path}`),
  );
  const details = el('details', { class: 'call', id: anchor(call.id) }, head, inner);
  return details;
}

function replyList(
  doc: Document,
  responses: Record<string, object>,
  names: Set<string>,
): HTMLElement {
  const rows = Object.entries(responses).map(([status, raw]) => {
    const response = resolve(doc, raw as { $ref?: string; description?: string });
    const body = bodyOf(doc, response);
    return el(
      'li',
      {},
      el('code', {}, status),
      ' ',
      ...(response.description ? [firstSentence(response.description), ' '] : []),
      body?.media.schema ? typeNode(typeOf(doc, body.media.schema), names) : null,
    );
  });
  return el('ul', { class: 'replies' }, ...rows);
}

function schemaSection(
  doc: Document,
  name: string,
  schema: Schema,
  names: Set<string>,
): HTMLElement {
  const members = membersOf(doc, schema);
  return el(
    'details',
    { class: 'call', id: `schema-${anchor(name)}` },
    el(
      'summary',
      {},
      el('code', { class: 'path' }, name),
      el('span', { class: 'muted' }, firstSentence(schema.description)),
    ),
    el(
      'div',
      { class: 'call-body' },
      ...prose(schema.description),
      members.length === 0 && el('p', {}, typeNode(typeOf(doc, { ...schema }), names)),
      memberTable(members, names, name),
    ),
  );
}

const firstSentence = (text: string | undefined) => (text ?? '').split(/(?<=\.)\s/)[0] ?? '';

function intro(doc: Document): HTMLElement {
  return el(
    'header',
    { class: 'intro' },
    el(
      'p',
      { class: 'crumbs' },
      el('a', { href: `${base}/` }, 'Rapport'),
      ' · ',
      el('a', { href: '/openapi.json' }, 'openapi.json'),
    ),
    el('h1', {}, `${doc.info?.title ?? 'API'} ${doc.info?.version ?? ''}`.trim()),
    ...prose(doc.info?.description),
    el(
      'p',
      {},
      'Every call goes to ',
      el('code', {}, `${origin}/api/v1`),
      '. Make a key under Settings, API keys, and send it along:',
    ),
    copyable(`curl "${origin}/api/v1/me" \\\n  -H 'Authorization: Bearer rap_…'`, 'First call'),
  );
}

function searchBox(sections: HTMLElement): HTMLElement {
  const input = el('input', {
    class: 'input',
    type: 'search',
    id: 'find',
    placeholder: 'path, word…',
  });
  const said = el('p', { role: 'status', class: 'muted small' });
  input.oninput = () => {
    const text = input.value.trim().toLowerCase();
    let shown = 0;
    for (const call of sections.querySelectorAll<HTMLElement>('.call')) {
      const isHit = !text || (call.textContent ?? '').toLowerCase().includes(text);
      call.hidden = !isHit;
      if (isHit) shown++;
    }
    for (const group of sections.querySelectorAll<HTMLElement>('.group')) {
      group.hidden = !group.querySelector('.call:not([hidden])');
    }
    said.textContent = text ? `${shown} found` : '';
  };
  return el('div', { class: 'find' }, el('label', { for: 'find' }, 'Find'), input, said);
}

function show(doc: Document): void {
  const groups = groupCalls(doc);
  const schemas = Object.entries((doc.components?.schemas ?? {}) as Record<string, Schema>);
  const names = new Set(schemas.map(([name]) => name));
  const section = (group: Group) =>
    el(
      'section',
      { class: 'group', id: `group-${anchor(group.name)}` },
      el('h2', {}, group.name),
      ...prose(group.description),
      ...group.calls.map((call) => callSection(doc, call, names)),
    );
  const sections = el(
    'div',
    { class: 'sections' },
    ...groups.map(section),
    schemas.length > 0 &&
      el(
        'section',
        { class: 'group', id: 'group-schemas' },
        el('h2', {}, 'Schemas'),
        ...schemas.map(([name, schema]) => schemaSection(doc, name, schema, names)),
      ),
  );
  const link = (id: string, name: string) =>
    el('li', {}, el('a', { href: `#group-${anchor(id)}` }, name));
  root.replaceChildren(
    el(
      'div',
      { class: 'docs' },
      el(
        'nav',
        { 'aria-label': 'Parts' },
        searchBox(sections),
        el(
          'ul',
          {},
          ...groups.map((g) => link(g.name, g.name)),
          schemas.length > 0 && link('schemas', 'Schemas'),
        ),
      ),
      el('main', {}, intro(doc), sections),
    ),
  );
  addEventListener('hashchange', openTarget);
  openTarget();
}

function openTarget(): void {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target instanceof HTMLDetailsElement) target.open = true;
  target?.scrollIntoView();
}

fetch('/openapi.json')
  .then(async (reply) => {
    if (!reply.ok) throw new Error(`HTTP ${reply.status}`);
    show((await reply.json()) as Document);
  })
  .catch((error: unknown) => {
    root.replaceChildren(
      el(
        'main',
        { class: 'docs-failed' },
        el('h1', {}, 'API'),
        el('p', { role: 'alert' }, `/openapi.json could not be read: ${String(error)}`),
      ),
    );
  });
