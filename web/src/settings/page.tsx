// Settings: one page per subject; each person sees what they may change.
import type { ComponentType } from 'react';
import { Link, Redirect, useLocation, useParams } from 'wouter';
import { useOffer } from '../app/keys.ts';
import { useMay } from '../app/session.ts';
import { t } from '../i18n.ts';
import { Page } from '../ui/basics.tsx';
import { Keys } from './keys.tsx';
import { People } from './people.tsx';
import { Channels, Labels, Touchpoints } from './places.tsx';
import { Profile } from './profile.tsx';
import { Teams } from './teams.tsx';
import { Workspace } from './workspace.tsx';

const SECTIONS: { id: SectionId; permission: string | null; show: ComponentType }[] = [
  { id: 'profile', permission: null, show: Profile },
  { id: 'people', permission: 'people.write', show: People },
  { id: 'teams', permission: 'people.write', show: Teams },
  { id: 'channels', permission: 'place.write', show: Channels },
  { id: 'touchpoints', permission: 'place.write', show: Touchpoints },
  { id: 'labels', permission: 'place.write', show: Labels },
  { id: 'keys', permission: 'key.write', show: Keys },
  { id: 'workspace', permission: 'settings.write', show: Workspace },
];
type SectionId =
  'profile' | 'people' | 'teams' | 'channels' | 'touchpoints' | 'labels' | 'keys' | 'workspace';

export default function SettingsPage() {
  const { section } = useParams<{ section?: string }>();
  const [, go] = useLocation();
  const may = useMay();
  const sections = SECTIONS.filter((s) => s.permission === null || may(s.permission));
  useOffer(
    sections.map((s) => ({
      id: `settings.${s.id}`,
      label: t(`settings.${s.id}`),
      section: t('nav.settings'),
      run: () => go(`/settings/${s.id}`),
    })),
  );
  const current = sections.find((s) => s.id === section);
  if (!current) return <Redirect to={`/settings/${sections[0]!.id}`} replace />;
  const Section = current.show;
  return (
    <Page title={t('nav.settings')}>
      <div className="settings">
        <nav className="settings-nav" aria-label={t('nav.settings')}>
          <ul>
            {sections.map((s) => (
              <li key={s.id}>
                <Link
                  href={`/settings/${s.id}`}
                  className="settings-item"
                  aria-current={s === current ? 'page' : undefined}
                >
                  {t(`settings.${s.id}`)}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
        <div className="settings-body">
          <Section />
        </div>
      </div>
    </Page>
  );
}
