import { useState } from 'react';
import { useAgents, useTeams } from '../app/session.ts';
import { t } from '../i18n.ts';
import type { Team } from '../types.ts';
import { Button, Failed, Field, Waiting } from '../ui/basics.tsx';
import { Checks, FormSheet, SectionHead, useWrite } from './common.tsx';

export function Teams() {
  const { data, error } = useTeams();
  const [editing, setEditing] = useState<Team | 'new' | null>(null);
  if (error) return <Failed error={error} />;
  const teams = data?.filter((team) => !team.archived);
  return (
    <>
      <SectionHead
        title={t('settings.teams')}
        intro={t('teams.intro')}
        add={t('teams.add')}
        onAdd={() => setEditing('new')}
      />
      {!teams ? (
        <Waiting />
      ) : teams.length === 0 ? (
        <p className="muted">{t('teams.none')}</p>
      ) : (
        <ul className="rows">
          {teams.map((team) => (
            <li key={team.id} className="row">
              <div className="row-main">
                <button
                  type="button"
                  className="row-title row-button"
                  onClick={() => setEditing(team)}
                >
                  <bdi>{team.name}</bdi>
                </button>
                <p className="small muted">{t('teams.people', { n: team.agent_ids.length })}</p>
              </div>
            </li>
          ))}
        </ul>
      )}
      {editing && (
        <TeamForm team={editing === 'new' ? null : editing} onClose={() => setEditing(null)} />
      )}
    </>
  );
}

function TeamForm({ team, onClose }: { team: Team | null; onClose: () => void }) {
  const agents = useAgents();
  const [name, setName] = useState(team?.name ?? '');
  const [ids, setIds] = useState(team?.agent_ids ?? []);
  const write = useWrite('people', onClose);
  return (
    <FormSheet
      title={team ? team.name : t('teams.add')}
      onClose={onClose}
      error={write.error}
      isPending={write.isPending}
      onSubmit={() =>
        write.mutate(
          team
            ? {
                method: 'PATCH',
                path: `/teams/${team.id}`,
                body: { name, agent_ids: ids },
                version: team.version,
              }
            : { method: 'POST', path: '/teams', body: { name, agent_ids: ids } },
        )
      }
      extra={
        team && (
          <Button
            kind="danger"
            onPress={() => write.mutate({ method: 'DELETE', path: `/teams/${team.id}` })}
          >
            {t('action.archive')}
          </Button>
        )
      }
    >
      <Field
        label={t('field.name')}
        value={name}
        onChange={setName}
        autoFocus
        fault={write.error?.fault('name')}
      />
      <Checks
        legend={t('settings.people')}
        options={(agents.data ?? [])
          .filter((a) => !a.disabled)
          .map((a) => ({ id: a.id, label: a.name }))}
        chosen={ids}
        onChange={setIds}
      />
    </FormSheet>
  );
}
