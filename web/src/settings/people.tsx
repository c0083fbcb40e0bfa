import { useState } from 'react';
import { useAgents, useMe, useTeams } from '../app/session.ts';
import { t } from '../i18n.ts';
import { type Agent, type Role, ROLES } from '../types.ts';
import { Button, Code, Failed, Field, Select, Sheet, Status, Waiting } from '../ui/basics.tsx';
import { Checks, FormSheet, SectionHead, useWrite } from './common.tsx';

interface Link {
  name: string;
  url: string;
}

export function People() {
  const { data, error } = useAgents();
  const teams = useTeams();
  const [editing, setEditing] = useState<Agent | 'new' | null>(null);
  const [link, setLink] = useState<Link | null>(null);
  const teamName = (id: string) => teams.data?.find((team) => team.id === id)?.name;
  if (error) return <Failed error={error} />;
  return (
    <>
      <SectionHead
        title={t('settings.people')}
        intro={t('people.intro')}
        add={t('people.add')}
        onAdd={() => setEditing('new')}
      />
      {!data ? (
        <Waiting />
      ) : (
        <ul className="rows">
          {data.map((agent) => (
            <li key={agent.id} className="row" data-disabled={agent.disabled || undefined}>
              <div className="row-main">
                <button
                  type="button"
                  className="row-title row-button"
                  onClick={() => setEditing(agent)}
                >
                  <bdi>{agent.name}</bdi>
                </button>
                <p className="small muted">
                  {[agent.email, ...agent.team_ids.map(teamName)]
                    .filter((part) => part)
                    .map((part, i) => (
                      <span key={i}>
                        {i > 0 && ' · '}
                        <bdi>{part}</bdi>
                      </span>
                    ))}
                </p>
              </div>
              <span className="small">{t(`role.${agent.role}`)}</span>
              <AgentStatus agent={agent} />
            </li>
          ))}
        </ul>
      )}
      {editing && (
        <PersonForm
          agent={editing === 'new' ? null : editing}
          onClose={() => setEditing(null)}
          onLink={(made) => {
            setEditing(null);
            setLink(made);
          }}
        />
      )}
      {link && (
        <Sheet title={t('people.link_title')} isOpen onClose={() => setLink(null)}>
          <div className="form">
            <p>{t('people.link_intro', { name: link.name })}</p>
            <Code text={link.url} label={t('people.link_title')} />
          </div>
        </Sheet>
      )}
    </>
  );
}

function AgentStatus({ agent }: { agent: Agent }) {
  if (agent.disabled) return <Status tone="off">{t('people.disabled')}</Status>;
  if (agent.has_password) return <Status tone="ok">{t('people.active')}</Status>;
  if (!agent.email) return <Status tone="off">{t('people.imported')}</Status>;
  return <Status tone="warn">{t('people.no_password')}</Status>;
}

interface PersonProps {
  agent: Agent | null;
  onClose: () => void;
  onLink: (link: Link) => void;
}

interface Made {
  agent?: Agent;
  sign_in_url?: string;
}

function PersonForm({ agent, onClose, onLink }: PersonProps) {
  const me = useMe();
  const teams = useTeams();
  const [name, setName] = useState(agent?.name ?? '');
  const [email, setEmail] = useState(agent?.email ?? '');
  const [role, setRole] = useState<Role>(agent?.role ?? 'agent');
  const [teamIds, setTeamIds] = useState(agent?.team_ids ?? []);
  const write = useWrite<Made>('people', (made) => {
    if (made?.sign_in_url) onLink({ name, url: made.sign_in_url });
    else onClose();
  });
  const body = { name, email, role, team_ids: teamIds };
  const isMe = agent !== null && agent.id === me.agent?.id;
  const submit = () =>
    write.mutate(
      agent
        ? { method: 'PATCH', path: `/agents/${agent.id}`, body, version: agent.version }
        : { method: 'POST', path: '/agents', body },
    );
  const disable = () => {
    if (!agent) return;
    write.mutate(
      agent.disabled
        ? {
            method: 'PATCH',
            path: `/agents/${agent.id}`,
            body: { disabled: false },
            version: agent.version,
          }
        : { method: 'DELETE', path: `/agents/${agent.id}` },
    );
  };
  return (
    <FormSheet
      title={agent ? agent.name : t('people.add')}
      onClose={onClose}
      onSubmit={submit}
      error={write.error}
      isPending={write.isPending}
      submit={agent ? t('action.save') : t('people.add')}
      extra={
        agent &&
        !isMe && (
          <Button kind={agent.disabled ? 'quiet' : 'danger'} onPress={disable}>
            {t(agent.disabled ? 'people.enable' : 'people.disable')}
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
      <Field
        label={t('field.email')}
        type="email"
        value={email}
        onChange={setEmail}
        fault={write.error?.fault('email')}
      />
      <Select
        label={t('people.role')}
        value={role}
        options={ROLES.map((id) => ({ id, label: t(`role.${id}`) }))}
        onChange={(id) => setRole(id as Role)}
      />
      <p className="field-hint">{t(`role_hint.${role}`)}</p>
      <Checks
        legend={t('settings.teams')}
        options={(teams.data ?? [])
          .filter((team) => !team.archived)
          .map((team) => ({ id: team.id, label: team.name }))}
        chosen={teamIds}
        onChange={setTeamIds}
      />
      {!agent && <p className="field-hint">{t('people.add_hint')}</p>}
      {agent && !agent.disabled && (
        <p>
          <Button
            onPress={() =>
              write.mutate({ method: 'POST', path: `/agents/${agent.id}/sign_in_link` })
            }
          >
            {t('people.new_link')}
          </Button>
        </p>
      )}
    </FormSheet>
  );
}
