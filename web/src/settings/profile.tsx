import { useState } from 'react';
import { usePrefs } from '../app/frame.tsx';
import { useMe } from '../app/session.ts';
import { LOCALES, t } from '../i18n.ts';
import { type Prefs, setPrefs } from '../prefs.ts';
import { Button, Failed, Field, Select } from '../ui/basics.tsx';
import { SectionHead, useWrite } from './common.tsx';

export function Profile() {
  const me = useMe();
  return (
    <>
      <SectionHead title={t('settings.profile')} intro={me.agent?.email ?? t('me.local')} />
      <div className="form form-narrow">
        {me.agent && <NameForm />}
        {me.agent && <PasswordForm />}
        <Looks />
      </div>
    </>
  );
}

function NameForm() {
  const me = useMe();
  const [name, setName] = useState(me.agent!.name);
  const write = useWrite('people');
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        write.mutate({ method: 'PATCH', path: '/me', body: { name } });
      }}
    >
      <Field
        label={t('field.name')}
        value={name}
        onChange={setName}
        autoComplete="name"
        fault={write.error?.fault('name')}
      />
      {write.error && <Failed error={write.error} />}
      <div className="form-end">
        {write.isSuccess && <span role="status">{t('action.saved')}</span>}
        <Button type="submit" isDisabled={write.isPending}>
          {t('action.save')}
        </Button>
      </div>
    </form>
  );
}

function PasswordForm() {
  const [oldPassword, setOld] = useState('');
  const [password, setNew] = useState('');
  const write = useWrite('people', () => {
    setOld('');
    setNew('');
  });
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        write.mutate({
          method: 'PATCH',
          path: '/me',
          body: { password, old_password: oldPassword },
        });
      }}
    >
      <h3>{t('profile.password')}</h3>
      <Field
        label={t('profile.old_password')}
        type="password"
        value={oldPassword}
        onChange={setOld}
        autoComplete="current-password"
        fault={write.error?.fault('old_password')}
      />
      <Field
        label={t('profile.new_password')}
        type="password"
        value={password}
        onChange={setNew}
        autoComplete="new-password"
        fault={write.error?.fault('password')}
      />
      {write.error && <Failed error={write.error} />}
      <div className="form-end">
        {write.isSuccess && <span role="status">{t('action.saved')}</span>}
        <Button type="submit" isDisabled={write.isPending || !password}>
          {t('profile.change_password')}
        </Button>
      </div>
    </form>
  );
}

function Looks() {
  const prefs = usePrefs();
  const choices = <T extends string>(ids: readonly T[], label: (id: T) => string) =>
    ids.map((id) => ({ id, label: label(id) }));
  return (
    <section className="form" aria-labelledby="looks-title">
      <h3 id="looks-title">{t('profile.looks')}</h3>
      <Select
        label={t('profile.language')}
        value={prefs.language}
        options={[
          { id: 'system', label: t('profile.language.system') },
          ...LOCALES.map((id) => ({ id, label: languageName(id) })),
          { id: 'en-XA', label: t('profile.language.pseudo') },
        ]}
        onChange={(language) => setPrefs({ language })}
      />
      <Select
        label={t('profile.theme')}
        value={prefs.theme}
        options={choices(['system', 'light', 'dark'] as const, (id) => t(`theme.${id}`))}
        onChange={(theme) => setPrefs({ theme: theme as Prefs['theme'] })}
      />
      <Select
        label={t('profile.contrast')}
        value={prefs.contrast}
        options={choices(['system', 'more'] as const, (id) => t(`contrast.${id}`))}
        onChange={(contrast) => setPrefs({ contrast: contrast as Prefs['contrast'] })}
      />
      <Select
        label={t('profile.direction')}
        value={prefs.direction}
        options={choices(['auto', 'rtl'] as const, (id) => t(`direction.${id}`))}
        onChange={(direction) => setPrefs({ direction: direction as Prefs['direction'] })}
      />
      <label className="check">
        <input
          type="checkbox"
          checked={prefs.keys}
          onChange={(event) => setPrefs({ keys: event.target.checked })}
        />
        {t('profile.keys')}
      </label>
    </section>
  );
}

const languageName = (id: string) => new Intl.DisplayNames(id, { type: 'language' }).of(id) ?? id;
