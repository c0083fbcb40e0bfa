// The way in: the first page of a new workspace, and sign-in. Plain elements, for these pages must
// be there at once.
import { call, Problem } from '../api.ts';
import { base, workspaceName } from '../base.ts';
import { t } from '../i18n.ts';
import type { Setup } from '../types.ts';
import './door.css';

const PASSWORD_MIN = 8;

interface FieldSpec {
  name: string;
  label: string;
  type: 'text' | 'email' | 'password';
  autocomplete: AutoFill;
  hint?: string;
  minLength?: number;
}

type Send = (values: Record<string, string>) => Promise<unknown>;

export function openDoor(root: HTMLElement, setup: Setup, done: () => void): void {
  const search = new URLSearchParams(location.search);
  const token = search.get('t');
  const link = search.get('link');
  const enter = () => {
    // The key in the address is used up; what remains is where the person wanted to go.
    search.delete('t');
    search.delete('link');
    const rest = search.toString();
    history.replaceState(null, '', location.pathname + (rest ? `?${rest}` : ''));
    done();
  };
  const page = setup.needs_setup
    ? firstPage(token, enter)
    : link
      ? linkPage(setup, link, enter)
      : signInPage(setup, enter);
  root.replaceChildren(page);
  page.querySelector<HTMLElement>('input')?.focus();
}

function firstPage(token: string | null, done: () => void): HTMLElement {
  const page = frame(t('first.title'), t('first.intro'));
  if (!token) {
    page.append(
      element('p', { className: 'notice notice-warn', role: 'alert' }, t('first.no_token')),
    );
    return page;
  }
  const fields: FieldSpec[] = [
    { name: 'name', label: t('field.name'), type: 'text', autocomplete: 'name' },
    { name: 'email', label: t('field.email'), type: 'email', autocomplete: 'username' },
    newPassword(),
  ];
  page.append(
    form(fields, t('first.submit'), done, (values) =>
      call('POST', '/setup', { body: { token, zone: zoneHere(), ...values } }),
    ),
    element('p', { className: 'door-foot' }, t('first.foot')),
  );
  return page;
}

const newPassword = (): FieldSpec => ({
  name: 'password',
  label: t('field.password'),
  type: 'password',
  autocomplete: 'new-password',
  hint: t('first.password_hint', { n: PASSWORD_MIN }),
  minLength: PASSWORD_MIN,
});

/** The first person's zone is the best guess at the workspace's; Settings can change it. */
const zoneHere = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** An invitation: whoever has the link chooses a password. */
function linkPage(setup: Setup, link: string, done: () => void): HTMLElement {
  const name = setup.workspace_name ?? workspaceName(setup.workspace);
  const page = frame(t('link.title'), t('link.intro', { workspace: name }));
  page.append(
    form([newPassword()], t('link.submit'), done, (values) =>
      call('POST', '/session', { body: { link, ...values } }),
    ),
  );
  return page;
}

function signInPage(setup: Setup, done: () => void): HTMLElement {
  const name = setup.workspace_name ?? workspaceName(setup.workspace);
  const page = frame(t('sign_in.title'), t('sign_in.intro', { workspace: name }));
  const fields: FieldSpec[] = [
    { name: 'email', label: t('field.email'), type: 'email', autocomplete: 'username' },
    {
      name: 'password',
      label: t('field.password'),
      type: 'password',
      autocomplete: 'current-password',
    },
  ];
  page.append(
    form(fields, t('sign_in.submit'), done, (values) => call('POST', '/session', { body: values })),
    element('p', { className: 'door-foot' }, t('sign_in.foot')),
  );
  return page;
}

function frame(title: string, intro: string): HTMLElement {
  document.title = `${title} · Rapport`;
  const mark = element('img', { className: 'door-mark', alt: '' });
  (mark as HTMLImageElement).src = '/favicon.svg';
  const docs = element('a', { className: 'door-docs' }, t('door.docs'));
  (docs as HTMLAnchorElement).href = `${base}/docs/api`;
  return element(
    'main',
    { className: 'door' },
    element('div', { className: 'door-head' }, mark, element('span', {}, 'Rapport'), docs),
    element('h1', {}, title),
    element('p', { className: 'door-intro' }, intro),
  );
}

function form(fields: FieldSpec[], submit: string, done: () => void, send: Send): HTMLElement {
  const alert = element('p', { className: 'notice notice-danger', role: 'alert', hidden: true });
  const button = element('button', { className: 'button button-primary' }, submit);
  (button as HTMLButtonElement).type = 'submit';
  const rows = fields.map(fieldRow);
  const box = element('form', { className: 'door-form' }, alert, ...rows.map((r) => r.row), button);
  (box as HTMLFormElement).noValidate = true;
  box.addEventListener('submit', (event) => {
    event.preventDefault();
    void attempt();
  });

  async function attempt(): Promise<void> {
    alert.hidden = true;
    const wrong = rows.filter((row) => !row.check());
    if (wrong.length) {
      wrong[0]!.input.focus();
      return;
    }
    button.setAttribute('aria-disabled', 'true');
    try {
      await send(Object.fromEntries(rows.map((row) => [row.input.name, row.input.value])));
      done();
    } catch (error) {
      button.removeAttribute('aria-disabled');
      const problem = error as Problem;
      for (const row of rows) row.say(problem.fault?.(row.input.name) ?? '');
      alert.textContent = problemText(problem);
      alert.hidden = false;
      rows.find((row) => row.input.type === 'password')?.input.select();
    }
  }
  return box;
}

function problemText(problem: Problem): string {
  if (problem.code === 'sign_in_refused') {
    return t(new URLSearchParams(location.search).has('link') ? 'link.refused' : 'sign_in.refused');
  }
  if (problem.status === 429) return t('sign_in.too_many', { seconds: problem.retryAfter || 60 });
  if (problem.status === 0) return t('error.unreachable');
  return problem.message;
}

function fieldRow(spec: FieldSpec) {
  const id = `door-${spec.name}`;
  const input = document.createElement('input');
  Object.assign(input, {
    id,
    name: spec.name,
    type: spec.type,
    className: 'input',
    autocomplete: spec.autocomplete,
    required: true,
  });
  if (spec.type === 'text') input.dir = 'auto';
  const label = element('label', {}, spec.label);
  (label as HTMLLabelElement).htmlFor = id;
  const fault = element('p', { className: 'field-fault', id: `${id}-fault`, hidden: true });
  const row = element('div', { className: 'field' }, label);
  row.append(spec.type === 'password' ? withReveal(input) : input);
  const described = [fault.id];
  if (spec.hint) {
    const hint = element('p', { className: 'field-hint', id: `${id}-hint` }, spec.hint);
    described.unshift(hint.id);
    row.append(hint);
  }
  row.append(fault);
  input.setAttribute('aria-describedby', described.join(' '));

  const say = (text: string) => {
    fault.textContent = text;
    fault.hidden = !text;
    if (text) input.setAttribute('aria-invalid', 'true');
    else input.removeAttribute('aria-invalid');
  };
  const check = () => {
    const text = input.value.trim();
    if (!text) say(t('field.missing', { field: spec.label }));
    else if (input.type === 'email' && !/^\S+@\S+$/.test(text)) say(t('field.no_email'));
    else if (spec.minLength && input.value.length < spec.minLength) {
      say(t('field.too_short', { n: spec.minLength }));
    } else say('');
    return !fault.textContent;
  };
  return { row, input, say, check };
}

function withReveal(input: HTMLInputElement): HTMLElement {
  const button = element('button', { className: 'reveal' }, t('field.show')) as HTMLButtonElement;
  button.type = 'button';
  button.setAttribute('aria-pressed', 'false');
  button.setAttribute('aria-controls', input.id);
  button.onclick = () => {
    const isShown = input.type === 'text';
    input.type = isShown ? 'password' : 'text';
    button.textContent = isShown ? t('field.show') : t('field.hide');
    button.setAttribute('aria-pressed', String(!isShown));
  };
  return element('div', { className: 'with-reveal' }, input, button);
}

type Attributes = Partial<Record<'className' | 'id' | 'role' | 'alt', string>> & {
  hidden?: boolean;
};

function element(tag: string, attributes: Attributes, ...children: (Node | string)[]): HTMLElement {
  const node = document.createElement(tag);
  Object.assign(node, attributes);
  if (attributes.role) node.setAttribute('role', attributes.role);
  node.append(...children);
  return node;
}
