import { useState } from 'react';
import { useGet } from '../app/session.ts';
import { t } from '../i18n.ts';
import { ZoneField } from '../import/zone.tsx';
import type { WorkspaceSettings } from '../types.ts';
import { Button, Failed, Field, Select, Waiting } from '../ui/basics.tsx';
import { SectionHead, useWrite } from './common.tsx';

export function Workspace() {
  const { data, error } = useGet<WorkspaceSettings>('workspace', '/settings');
  return (
    <>
      <SectionHead title={t('settings.workspace')} intro={t('workspace.intro')} />
      {error ? <Failed error={error} /> : data ? <WorkspaceForm settings={data} /> : <Waiting />}
    </>
  );
}

function WorkspaceForm({ settings }: { settings: WorkspaceSettings }) {
  const [name, setName] = useState(settings.workspace_name ?? '');
  const [zone, setZone] = useState(settings.zone);
  const [reach, setReach] = useState(settings.reach);
  // The zone is in every number on screen, and comes with /me.
  const write = useWrite('workspace', () => {
    if (zone !== settings.zone) location.reload();
  });
  return (
    <form
      className="form form-narrow"
      onSubmit={(event) => {
        event.preventDefault();
        write.mutate({
          method: 'PATCH',
          path: '/settings',
          body: { workspace_name: name, zone, reach },
        });
      }}
    >
      <Field
        label={t('field.name')}
        value={name}
        onChange={setName}
        fault={write.error?.fault('workspace_name')}
      />
      <ZoneField
        label={t('workspace.zone')}
        value={zone}
        onChange={setZone}
        hint={t('workspace.zone_hint')}
        fault={write.error?.fault('zone')}
      />
      <Select
        label={t('workspace.reach')}
        value={reach}
        options={(['team', 'all'] as const).map((id) => ({ id, label: t(`reach.${id}`) }))}
        onChange={(id) => setReach(id as WorkspaceSettings['reach'])}
      />
      {write.error && <Failed error={write.error} />}
      <div className="form-end">
        {write.isSuccess && <span role="status">{t('action.saved')}</span>}
        <Button type="submit" kind="primary" isDisabled={write.isPending}>
          {t('action.save')}
        </Button>
      </div>
    </form>
  );
}
