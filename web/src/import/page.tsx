// Import: choose a file, say what it is, try it dry, bring it in, see what was refused.
import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { DropZone, type FileDropItem, FileTrigger, ProgressBar } from 'react-aria-components';
import { Link, useLocation, useParams } from 'wouter';
import { call, type Problem } from '../api.ts';
import { useGet, useZone } from '../app/session.ts';
import { formatBytes, formatCount, formatTime } from '../format.ts';
import { t, tMaybe } from '../i18n.ts';
import type { Import, List, Refusal } from '../types.ts';
import { Button, Failed, Notice, Page, Select, Status, type Tone, Waiting } from '../ui/basics.tsx';
import { type Preview, preview } from './csv.ts';
import { MapEditor } from './editor.tsx';
import { emptyMap, guessMap, type ImportMap, mapJson, missingOf } from './map.ts';
import { base64url, readHead, upload, type Upload } from './upload.ts';
import { ZoneField } from './zone.tsx';

type Format = 'servicenow-incidents' | 'csv';

export default function ImportPage() {
  const { id } = useParams<{ id?: string }>();
  return (
    <Page title={t('import.title')}>
      {id ? <OneImport key={id} id={id} /> : <NewImport />}
      <Imports current={id} />
    </Page>
  );
}

interface Chosen {
  file: File;
  preview: Preview;
}

function NewImport() {
  const workspaceZone = useZone();
  const [, go] = useLocation();
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const [format, setFormat] = useState<Format>('csv');
  const [zone, setZone] = useState(workspaceZone);
  const [map, setMap] = useState<ImportMap>(emptyMap());
  const [sent, setSent] = useState<number | null>(null);
  const running = useRef<Upload | null>(null);
  useEffect(() => () => running.current?.cancel(), []);

  const send = useMutation<Import, Problem, boolean>({
    mutationFn: (isDry) => {
      const query = new URLSearchParams({ format, zone, file_name: chosen!.file.name });
      if (isDry) query.set('dry_run', 'true');
      if (format === 'csv') query.set('map', base64url(mapJson(map)));
      setSent(0);
      running.current = upload(chosen!.file, query, setSent);
      return running.current.done;
    },
    onSuccess: (made) => go(`/import/${made.id}`),
    onSettled: () => setSent(null),
  });

  const choose = async (file: File) => {
    send.reset();
    const seen = preview(await readHead(file));
    const isIncidents =
      seen.header.includes('sys_mod_count') && seen.header.includes('incident_state');
    setFormat(isIncidents ? 'servicenow-incidents' : 'csv');
    setMap(guessMap(seen));
    setChosen({ file, preview: seen });
  };
  const missing = format === 'csv' && chosen ? missingOf(map) : [];
  const isReady = !send.isPending && missing.length === 0;
  return (
    <section className="card form" aria-label={t('import.new')}>
      <Choose file={chosen?.file ?? null} onFile={(file) => void choose(file)} />
      {chosen && (
        <>
          <div className="form-row">
            <Select
              label={t('import.format')}
              value={format}
              options={(['servicenow-incidents', 'csv'] as const).map((f) => ({
                id: f,
                label: t(`import.format.${f}`),
              }))}
              onChange={(f) => setFormat(f as Format)}
            />
            <ZoneField
              label={t('import.zone')}
              value={zone}
              onChange={setZone}
              hint={t('import.zone_hint')}
            />
          </div>
          {format === 'csv' && (
            <MapEditor
              preview={chosen.preview}
              map={map}
              onChange={setMap}
              fileName={chosen.file.name}
              zone={zone}
            />
          )}
          {missing.length > 0 && (
            <Notice tone="warn">
              {missing.map((field) => t(`map.missing_${field}`)).join(' ')}
            </Notice>
          )}
          {send.error && send.error.name !== 'AbortError' && <Failed error={send.error} />}
          {sent !== null && (
            <Progress
              label={t('import.sending')}
              share={sent}
              text={formatBytes(chosen.file.size)}
            />
          )}
          <div className="form-end">
            {sent !== null && (
              <Button onPress={() => running.current?.cancel()}>{t('action.cancel')}</Button>
            )}
            <Button onPress={() => send.mutate(true)} isDisabled={!isReady}>
              {t('import.dry_run')}
            </Button>
            <Button kind="primary" onPress={() => send.mutate(false)} isDisabled={!isReady}>
              {t('import.start')}
            </Button>
          </div>
        </>
      )}
    </section>
  );
}

function Choose({ file, onFile }: { file: File | null; onFile: (file: File) => void }) {
  return (
    <DropZone
      className="drop"
      aria-label={t('import.drop')}
      onDrop={(event) => {
        const item = event.items.find((i): i is FileDropItem => i.kind === 'file');
        void item?.getFile().then(onFile);
      }}
    >
      <p>
        {file ? (
          <>
            <strong>
              <bdi>{file.name}</bdi>
            </strong>{' '}
            <span className="muted">{formatBytes(file.size)}</span>
          </>
        ) : (
          t('import.drop')
        )}
      </p>
      <FileTrigger onSelect={(files) => files?.[0] && onFile(files[0])}>
        <Button icon="file" {...(file ? {} : { kind: 'primary' as const })}>
          {file ? t('import.other_file') : t('import.choose')}
        </Button>
      </FileTrigger>
      {!file && <p className="small muted">{t('import.kinds')}</p>}
    </DropZone>
  );
}

function Progress({ label, share, text }: { label: string; share: number | null; text: string }) {
  return (
    <ProgressBar
      className="progress"
      aria-label={label}
      value={share === null ? 0 : share * 100}
      isIndeterminate={share === null}
    >
      {({ percentage, valueText }) => (
        <>
          <p>
            {label}{' '}
            <span className="muted num">
              {[share === null ? '' : valueText, text].filter(Boolean).join(' · ')}
            </span>
          </p>
          <svg className="bar" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
            <rect width={percentage ?? 30} height="1" className="bar-fill" />
          </svg>
        </>
      )}
    </ProgressBar>
  );
}

const TONES: Record<Import['state'], Tone> = {
  running: 'info',
  finished: 'ok',
  failed: 'danger',
  cancelled: 'off',
};
const POLL_MS = 1000;

function OneImport({ id }: { id: string }) {
  const { data, error, refetch } = useGet<Import>('imports', `/imports/${id}`);
  const [, go] = useLocation();
  const isRunning = data?.state === 'running';
  // Progress is no event, so it is asked for while it runs.
  useEffect(() => {
    if (!isRunning) return;
    const timer = setInterval(() => void refetch(), POLL_MS);
    return () => clearInterval(timer);
  }, [isRunning, refetch]);
  const cancel = useMutation<unknown, Problem>({
    mutationFn: () => call('DELETE', `/imports/${id}`),
    onSuccess: () => refetch(),
  });
  if (error) return <Failed error={error} onRetry={() => void refetch()} />;
  if (!data) return <Waiting />;
  const share = data.bytes_total ? data.bytes_read / data.bytes_total : null;
  return (
    <section className="card form" aria-label={t('import.one')}>
      <div className="card-head">
        <h2>
          <bdi>{data.file_name ?? data.format}</bdi>
        </h2>
        <Status tone={TONES[data.state]}>{t(`import.state.${data.state}`)}</Status>
      </div>
      {data.dry_run && <Notice tone="info">{t('import.was_dry')}</Notice>}
      {data.reason && <Notice tone="danger">{data.reason}</Notice>}
      {isRunning && (
        <Progress
          label={t('import.reading')}
          share={share}
          text={t('import.rows', { n: formatCount(data.rows_read) })}
        />
      )}
      <dl className="counts">
        {(
          [
            ['rows_read', data.rows_read],
            [data.dry_run ? 'rows_would' : 'rows_stored', data.rows_stored],
            ['rows_known', data.rows_known],
            ['rows_refused', data.rows_refused],
            ['conversations', data.conversations],
          ] as const
        ).map(([name, n]) => (
          <div key={name} data-count={name}>
            <dt>{t(`import.${name}`)}</dt>
            <dd className="num">{formatCount(n)}</dd>
          </div>
        ))}
      </dl>
      {data.rows_refused > 0 && (
        <Refused id={id} first={data.refusals ?? []} total={data.rows_refused} />
      )}
      <div className="form-end">
        {isRunning && <Button onPress={() => cancel.mutate()}>{t('action.cancel')}</Button>}
        <Button onPress={() => go('/import')}>{t('import.another')}</Button>
        {data.state === 'finished' && !data.dry_run && (
          <Link href="/experience?from=all" className="button button-primary">
            {t('import.see')}
          </Link>
        )}
      </div>
    </section>
  );
}

function Refused({ id, first, total }: { id: string; first: Refusal[]; total: number }) {
  const [isAll, setAll] = useState(false);
  const more = useGet<List<Refusal>>('imports', isAll ? `/imports/${id}/refusals?limit=200` : null);
  const rows = more.data?.data ?? first;
  return (
    <div>
      <h3>{t('import.refused_title')}</h3>
      <div
        className="table-scroll"
        tabIndex={0}
        role="region"
        aria-label={t('import.refused_title')}
      >
        <table className="table">
          <thead>
            <tr>
              <th scope="col" className="end">
                {t('import.line')}
              </th>
              <th scope="col">{t('import.why')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row, i) => (
              <tr key={i}>
                <td className="end num">{formatCount(row.line)}</td>
                <td>
                  <bdi>{row.detail}</bdi> <code className="muted">{row.code}</code>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.length < total && (
        <p className="small muted">
          {t('import.refused_shown', {
            shown: formatCount(rows.length),
            total: formatCount(total),
          })}{' '}
          {!isAll && (
            <Button kind="link" onPress={() => setAll(true)}>
              {t('action.more')}
            </Button>
          )}
        </p>
      )}
    </div>
  );
}

function Imports({ current }: { current: string | undefined }) {
  const zone = useZone();
  const { data, error } = useGet<List<Import>>('imports', '/imports');
  if (error) return <Failed error={error} />;
  if (!data?.data.length) return null;
  return (
    <section className="card" aria-labelledby="imports-title">
      <h2 id="imports-title">{t('import.earlier')}</h2>
      <ul className="rows">
        {data.data.map((item) => (
          <li key={item.id} className="row" data-current={item.id === current || undefined}>
            <div className="row-main">
              <Link href={`/import/${item.id}`} className="row-title">
                <bdi>{item.file_name ?? tMaybe(`import.format.${item.format}`)}</bdi>
              </Link>
              <p className="small muted">
                {formatTime(item.created_at, zone)}
                {item.dry_run && ` · ${t('import.dry')}`}
                {' · '}
                {t('import.rows', { n: formatCount(item.rows_read) })}
                {item.rows_refused > 0 &&
                  ` · ${t('import.refused_n', { n: formatCount(item.rows_refused) })}`}
              </p>
            </div>
            <Status tone={TONES[item.state]}>{t(`import.state.${item.state}`)}</Status>
          </li>
        ))}
      </ul>
    </section>
  );
}
