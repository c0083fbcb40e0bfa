// Nothing was captured yet: the two ways to begin. It becomes the dashboard by itself with the first
// interaction.
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { call, type Problem } from '../api.ts';
import { useMay } from '../app/session.ts';
import { apiAddress, base } from '../base.ts';
import { t } from '../i18n.ts';
import type { Key } from '../types.ts';
import { Button, Code, Failed, Page, Status } from '../ui/basics.tsx';

const SHOWN_KEY = 'rap_…';

export function exampleCall(token: string, at: Date): string {
  const interaction = {
    at: at.toISOString().replace(/\.\d+Z$/, 'Z'),
    kind: 'message',
    direction: 'in',
    channel: 'email',
    customer: { email: 'ana@example.org', name: 'Ana' },
    text: 'Where is my order?',
    answers: { csat: 4 },
  };
  return [
    `curl -X POST ${apiAddress('/interactions')}`,
    `  -H 'Authorization: Bearer ${token}'`,
    `  -H 'Content-Type: application/json'`,
    `  -d '${JSON.stringify(interaction)}'`,
  ].join(' \\\n');
}

export function Empty() {
  const may = useMay();
  const [at] = useState(() => new Date());
  const key = useMutation<Key & { token: string }, Problem>({
    mutationFn: () =>
      call('POST', '/keys', { body: { name: t('empty.key_name'), scope: 'ingest' } }),
  });
  return (
    <Page title={t('experience.title')}>
      <p className="lead">{t('empty.intro')}</p>
      <div className="ways">
        {may('import.write') && (
          <section className="card">
            <h2>{t('empty.import')}</h2>
            <p>{t('empty.import_detail')}</p>
            <Link href="/import" className="button button-primary">
              {t('empty.import_action')}
            </Link>
          </section>
        )}
        <section className="card">
          <h2>{t('empty.call')}</h2>
          <p>{t('empty.call_detail')}</p>
          {may('key.write') && !key.data && (
            <Button kind="primary" onPress={() => key.mutate()} isDisabled={key.isPending}>
              {t('empty.make_key')}
            </Button>
          )}
          {key.error && <Failed error={key.error} />}
          {key.data && <p className="notice notice-ok">{t('empty.key_made')}</p>}
          <Code text={exampleCall(key.data?.token ?? SHOWN_KEY, at)} label={t('empty.call')} />
          <p>
            <a href={`${base}/docs/api`}>{t('nav.api')}</a>
          </p>
        </section>
      </div>
      <p role="status">
        <Status tone="info">{t('empty.waiting')}</Status>
      </p>
    </Page>
  );
}
