import { useState } from 'react';
import { useAgents, useGet, useZone } from '../app/session.ts';
import { formatAgo, formatDay } from '../format.ts';
import { t } from '../i18n.ts';
import type { Key, List } from '../types.ts';
import {
  Button,
  Code,
  Failed,
  Field,
  Notice,
  Select,
  Sheet,
  Status,
  type Tone,
  Waiting,
} from '../ui/basics.tsx';
import { FormSheet, SectionHead, useWrite } from './common.tsx';

const SCOPES: Key['scope'][] = ['ingest', 'read', 'agent', 'admin'];

export function Keys() {
  const zone = useZone();
  const { data, error } = useGet<List<Key>>('keys', '/keys');
  const [isAdding, setAdding] = useState(false);
  const [made, setMade] = useState<(Key & { token: string }) | null>(null);
  const revoke = useWrite('keys');
  if (error) return <Failed error={error} />;
  return (
    <>
      <SectionHead
        title={t('settings.keys')}
        intro={t('keys.intro')}
        add={t('keys.add')}
        onAdd={() => setAdding(true)}
      />
      {revoke.error && <Failed error={revoke.error} />}
      {!data ? (
        <Waiting />
      ) : data.data.length === 0 ? (
        <p className="muted">{t('keys.none')}</p>
      ) : (
        <ul className="rows">
          {data.data.map((key) => {
            const [tone, word] = stateOf(key);
            return (
              <li key={key.id} className="row" data-disabled={key.revoked_at ? true : undefined}>
                <div className="row-main">
                  <p className="row-title">
                    <bdi>{key.name}</bdi> {key.hint && <code className="muted">…{key.hint}</code>}
                  </p>
                  <p className="small muted">
                    {t(`scope.${key.scope}`)}
                    {' · '}
                    {key.used_at
                      ? t('keys.used', { ago: formatAgo(key.used_at) })
                      : t('keys.unused')}
                    {key.expires_at &&
                      ` · ${t('keys.expires', { day: formatDay(key.expires_at, zone) })}`}
                  </p>
                </div>
                <Status tone={tone}>{t(word)}</Status>
                {!key.revoked_at && (
                  <Button
                    kind="danger"
                    onPress={() => revoke.mutate({ method: 'DELETE', path: `/keys/${key.id}` })}
                  >
                    {t('keys.revoke')}
                  </Button>
                )}
              </li>
            );
          })}
        </ul>
      )}
      {isAdding && (
        <KeyForm
          onClose={() => setAdding(false)}
          onMade={(key) => {
            setAdding(false);
            setMade(key);
          }}
        />
      )}
      {made && (
        <Sheet title={made.name} isOpen onClose={() => setMade(null)}>
          <div className="form">
            <Notice tone="warn">{t('keys.once')}</Notice>
            <Code text={made.token} label={t('keys.token')} />
          </div>
        </Sheet>
      )}
    </>
  );
}

function stateOf(key: Key): [Tone, 'keys.revoked' | 'keys.expired' | 'keys.active'] {
  if (key.revoked_at) return ['off', 'keys.revoked'];
  if (key.expires_at && Date.parse(key.expires_at) < Date.now()) return ['off', 'keys.expired'];
  return ['ok', 'keys.active'];
}

interface FormProps {
  onClose: () => void;
  onMade: (key: Key & { token: string }) => void;
}

const LASTING = ['never', '30', '90', '365'] as const;
const DAY_MS = 86_400_000;

function KeyForm({ onClose, onMade }: FormProps) {
  const agents = useAgents();
  const [name, setName] = useState('');
  const [scope, setScope] = useState<Key['scope']>('ingest');
  const [agentId, setAgentId] = useState('');
  const [lasting, setLasting] = useState<string>('never');
  const write = useWrite<Key & { token: string }>('keys', onMade);
  const expires =
    lasting === 'never' ? null : new Date(Date.now() + Number(lasting) * DAY_MS).toISOString();
  const people = (agents.data ?? [])
    .filter((a) => !a.disabled)
    .map((a) => ({ id: a.id, label: a.name }));
  const body = {
    name,
    scope,
    ...(scope === 'agent' ? { agent_id: agentId || people[0]?.id } : {}),
    ...(expires ? { expires_at: expires } : {}),
  };
  return (
    <FormSheet
      title={t('keys.add')}
      submit={t('keys.add')}
      onClose={onClose}
      error={write.error}
      isPending={write.isPending}
      onSubmit={() => write.mutate({ method: 'POST', path: '/keys', body })}
    >
      <Field
        label={t('field.name')}
        value={name}
        onChange={setName}
        autoFocus
        hint={t('keys.name_hint')}
        fault={write.error?.fault('name')}
      />
      <Select
        label={t('keys.scope')}
        value={scope}
        options={SCOPES.map((id) => ({ id, label: t(`scope.${id}`) }))}
        onChange={(id) => setScope(id as Key['scope'])}
      />
      <p className="field-hint">{t(`scope_hint.${scope}`)}</p>
      {scope === 'agent' && people[0] && (
        <Select
          label={t('dimension.agent')}
          value={agentId || people[0].id}
          options={people}
          onChange={setAgentId}
        />
      )}
      <Select
        label={t('keys.lasting')}
        value={lasting}
        options={LASTING.map((id) => ({ id, label: t(`keys.lasting.${id}`) }))}
        onChange={setLasting}
      />
    </FormSheet>
  );
}
