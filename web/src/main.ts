// Finds out who is here, then loads either the application or the door (first page, sign-in), which
// is small and needs no React.
import './style/base.css';
import { call, Problem, setCsrf, whenSignedOut } from './api.ts';
import { startLanguage, t } from './i18n.ts';
import { applyPrefs } from './prefs.ts';
import type { Me, Setup } from './types.ts';

const SIGNED_IN = 'rapport.signed_in';
const loadApp = () => import('./app/app.tsx');
const root = document.getElementById('root')!;

async function start(): Promise<void> {
  applyPrefs();
  // Most visits are of someone signed in: fetch the application while the server is asked.
  const early = remembered() ? loadApp() : null;
  early?.catch(() => {});
  const [me] = await Promise.all([whoAmI(), startLanguage()]);
  if (me) {
    enter(me, await (early ?? loadApp()));
    return;
  }
  remember(false);
  const setup = await call<Setup>('GET', '/setup');
  const { openDoor } = await import('./door/door.ts');
  openDoor(root, setup, () => location.reload());
}

async function whoAmI(): Promise<Me | null> {
  try {
    const me = await call<Me>('GET', '/me');
    return me.agent || me.kind === 'local' ? me : null;
  } catch (error) {
    if (error instanceof Problem && (error.status === 401 || error.status === 403)) return null;
    throw error;
  }
}

function enter(me: Me, app: Awaited<ReturnType<typeof loadApp>>): void {
  setCsrf(me.csrf);
  remember(true);
  // A session may end under the running application: back to the door, and then here again.
  whenSignedOut(() => location.reload());
  app.openApp(root, me);
}

function remembered(): boolean {
  try {
    return localStorage.getItem(SIGNED_IN) === 'yes';
  } catch {
    return false;
  }
}

function remember(isIn: boolean): void {
  try {
    if (isIn) localStorage.setItem(SIGNED_IN, 'yes');
    else localStorage.removeItem(SIGNED_IN);
  } catch {
    // only costs a little time at the next visit
  }
}

start().catch((error: unknown) => {
  const box = document.createElement('main');
  box.className = 'door';
  const line = document.createElement('p');
  line.setAttribute('role', 'alert');
  line.textContent = `${safely(() => t('error.start'), 'Rapport does not answer.')} ${String(error)}`;
  const again = document.createElement('button');
  again.className = 'button button-primary';
  again.textContent = safely(() => t('error.again'), 'Try again');
  again.onclick = () => location.reload();
  box.append(line, again);
  root.replaceChildren(box);
});

function safely(run: () => string, otherwise: string): string {
  const text = run();
  return text.startsWith('error.') ? otherwise : text;
}
