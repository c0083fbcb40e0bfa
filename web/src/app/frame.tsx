// What stands around every screen: rail, top bar, command menu, list of shortcuts.
import { type ReactNode, useState, useSyncExternalStore } from 'react';
import {
  Button as AriaButton,
  Menu,
  MenuItem,
  MenuTrigger,
  Popover,
  Separator,
} from 'react-aria-components';
import { Link, useLocation } from 'wouter';
import { call } from '../api.ts';
import { base, workspaceName } from '../base.ts';
import { t } from '../i18n.ts';
import { onPrefs, prefs, setPrefs } from '../prefs.ts';
import { Button, Caps } from '../ui/basics.tsx';
import { Icon, type IconName } from '../ui/icons.tsx';
import { CommandMenu, Shortcuts } from './commands.tsx';
import { type KeyId, keyRow, useCommand, useOffer } from './keys.ts';
import { LiveBadge } from './presence.tsx';
import { useGet, useMay, useMe } from './session.ts';
import type { WorkspaceSettings } from '../types.ts';

interface Entry {
  to: string;
  icon: IconName;
  keyId: KeyId;
  label: 'nav.experience' | 'nav.import' | 'nav.settings';
}

function useEntries(): Entry[] {
  const may = useMay();
  const entries: (Entry & { isShown: boolean })[] = [
    {
      to: '/experience',
      icon: 'experience',
      keyId: 'go.experience',
      label: 'nav.experience',
      isShown: may('metric.read'),
    },
    {
      to: '/import',
      icon: 'import',
      keyId: 'go.import',
      label: 'nav.import',
      isShown: may('import.write'),
    },
    {
      to: '/settings',
      icon: 'settings',
      keyId: 'go.settings',
      label: 'nav.settings',
      isShown: true,
    },
  ];
  return entries.filter((entry) => entry.isShown);
}

export const usePrefs = () => useSyncExternalStore(onPrefs, prefs);

export function Frame({ children }: { children: ReactNode }) {
  const [open, setOpen] = useState<'menu' | 'help' | null>(null);
  const { rail } = usePrefs();
  const toggleRail = () => setPrefs({ rail: prefs().rail === 'open' ? 'closed' : 'open' });
  useCommand('menu', () => setOpen('menu'));
  useCommand('help', () => setOpen('help'));
  useCommand('rail', toggleRail);
  useGoCommands();
  return (
    <div className="frame" data-rail={rail}>
      <a className="skip" href="#main">
        {t('frame.skip')}
      </a>
      <TopBar onMenu={() => setOpen('menu')} onHelp={() => setOpen('help')} />
      <Rail onToggle={toggleRail} />
      <main id="main" className="main" tabIndex={-1}>
        {children}
      </main>
      <div id="announce" className="sr-only" role="status" aria-live="polite" />
      <CommandMenu isOpen={open === 'menu'} onClose={() => setOpen(null)} />
      <Shortcuts isOpen={open === 'help'} onClose={() => setOpen(null)} />
    </div>
  );
}

/** Says a short sentence to people who do not see the change. */
export function announce(text: string): void {
  const region = document.getElementById('announce');
  if (region) region.textContent = text;
}

function useGoCommands(): void {
  const [, go] = useLocation();
  const may = useMay();
  useCommand('go.experience', may('metric.read') ? () => go('/experience') : undefined);
  useCommand('go.import', may('import.write') ? () => go('/import') : undefined);
  useCommand('go.settings', () => go('/settings'));
  const section = t('menu.settings');
  useOffer([
    ...(['system', 'light', 'dark'] as const).map((theme) => ({
      id: `theme.${theme}`,
      label: t('menu.theme', { theme: t(`theme.${theme}`) }),
      section,
      run: () => setPrefs({ theme }),
    })),
    { id: 'docs', label: t('nav.api'), section, run: () => location.assign(`${base}/docs/api`) },
    { id: 'sign_out', label: t('action.sign_out'), section, run: signOut },
  ]);
}

function signOut(): void {
  call('DELETE', '/session').then(
    () => location.assign(`${base}/`),
    () => location.reload(),
  );
}

function TopBar({ onMenu, onHelp }: { onMenu: () => void; onHelp: () => void }) {
  const me = useMe();
  const settings = useGet<WorkspaceSettings>('workspace', '/settings');
  const name =
    settings.data?.workspace_name || me.workspace.display_name || workspaceName(me.workspace.name);
  return (
    <header className="top">
      <Link href="/" className="brand">
        <img src="/favicon.svg" alt="" width="24" height="24" />
        <bdi className="brand-name">{name}</bdi>
      </Link>
      <LiveBadge />
      <div className="top-end">
        <AriaButton className="button search-button" onPress={onMenu}>
          <Icon name="search" />
          <span className="wide-only">{t('frame.search')}</span>
          <span className="sr-only">{t('key.menu')}</span>
          <span className="wide-only">
            <Caps keys={keyRow('menu').keys} />
          </span>
        </AriaButton>
        <span className="not-phone">
          <Button kind="quiet" icon="help" label={t('key.help')} keyId="help" onPress={onHelp} />
        </span>
        <MeMenu onHelp={onHelp} />
      </div>
    </header>
  );
}

function MeMenu({ onHelp }: { onHelp: () => void }) {
  const me = useMe();
  const [, go] = useLocation();
  const name = me.agent?.name ?? t('me.local');
  return (
    <MenuTrigger>
      <Button kind="quiet" icon="person" label={name} />
      <Popover className="popover" placement="bottom end">
        <div className="menu-head">
          <bdi>{name}</bdi>
          <span className="muted small">{me.role ? t(`role.${me.role}`) : ''}</span>
        </div>
        <Menu
          className="options"
          aria-label={name}
          onAction={(key) => {
            if (key === 'profile') go('/settings/profile');
            if (key === 'keys') onHelp();
            if (key === 'docs') location.assign(`${base}/docs/api`);
            if (key === 'out') signOut();
          }}
        >
          <MenuItem id="profile" className="option">
            {t('settings.profile')}
          </MenuItem>
          <MenuItem id="keys" className="option">
            {t('key.help')}
          </MenuItem>
          <MenuItem id="docs" className="option">
            {t('nav.api')}
          </MenuItem>
          <Separator className="separator" />
          <MenuItem id="out" className="option">
            {t('action.sign_out')}
          </MenuItem>
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}

function Rail({ onToggle }: { onToggle: () => void }) {
  const [path] = useLocation();
  const entries = useEntries();
  const { rail } = usePrefs();
  return (
    <nav className="rail" aria-label={t('frame.nav')}>
      <ul>
        {entries.map((entry) => (
          <li key={entry.to}>
            <Link
              href={entry.to}
              className="rail-item"
              aria-current={path.startsWith(entry.to) ? 'page' : undefined}
              title={rail === 'closed' ? t(entry.label) : undefined}
            >
              <Icon name={entry.icon} />
              <span className="rail-label">{t(entry.label)}</span>
            </Link>
          </li>
        ))}
      </ul>
      <span className="rail-toggle">
        <Button
          kind="quiet"
          icon="rail"
          label={t('key.rail')}
          keyId="rail"
          onPress={onToggle}
          aria-expanded={rail === 'open'}
        />
      </span>
    </nav>
  );
}
