// The main chart with its reading line, its table twin, and how the number is computed.
import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { Disclosure, DisclosurePanel, Button as AriaButton, Heading } from 'react-aria-components';
import type uPlot from 'uplot';
import { useZone } from '../app/session.ts';
import { apiAddress } from '../base.ts';
import { formatBucket, formatBucketFull, formatCount } from '../format.ts';
import { t, tMaybe } from '../i18n.ts';
import { intervalText, populationText, valueText } from '../phrase.ts';
import { onPrefs, prefs } from '../prefs.ts';
import type { Bucket, Metric, Result } from '../types.ts';
import { Button, Code, Select, Waiting } from '../ui/basics.tsx';
import { drawChart } from './chart.ts';
import type { Interval } from './range.ts';
import type { Change, State } from './state.ts';
import { Behind } from './tile.tsx';
import { isFew, valueRange } from './series.ts';

interface TrendProps {
  state: State;
  change: Change;
  metric: Metric | undefined;
  result: Result | undefined;
  query: object | null;
  interval: Interval;
}

export function Trend({ state, change, metric, result, query, interval }: TrendProps) {
  const zone = useZone();
  // While another metric is fetched, the chart of the last one must not carry the new name.
  const id = result?.metric ?? state.metric;
  const buckets = result?.series ?? [];
  const open = (bucket: Bucket) => change({ show: `at:${bucket.start}`, part: 'all' });
  const isChart = state.view === 'chart';
  return (
    <section className="card trend" aria-labelledby="trend-title">
      <div className="card-head">
        <h2 id="trend-title">
          {t('trend.title', {
            metric: t(`metric.${id as State['metric']}`),
            interval: t(`interval.${interval}`),
          })}
        </h2>
        <div className="card-tools">
          {metric && metric.statistics.length > 1 && (
            <Select
              label={t('trend.statistic')}
              isLabelHidden
              value={state.statistic ?? metric.standard_statistic ?? metric.statistics[0]!}
              options={metric.statistics.map((s) => ({
                id: s,
                label: tMaybe(`statistic.${s}`, s),
              }))}
              onChange={(s) => change({ statistic: s === metric.standard_statistic ? null : s })}
            />
          )}
          <Button
            icon={isChart ? 'list' : 'chart'}
            onPress={() => change({ view: isChart ? 'table' : 'chart' })}
          >
            {isChart ? t('trend.table') : t('trend.chart')}
          </Button>
        </div>
      </div>
      {!result ? (
        <Waiting />
      ) : isChart ? (
        <Picture buckets={buckets} interval={interval} zone={zone} metric={metric} onOpen={open} />
      ) : (
        <Table buckets={buckets} interval={interval} zone={zone} metric={metric} onOpen={open} />
      )}
      {metric && result && <HowComputed metric={metric} result={result} query={query} />}
    </section>
  );
}

interface SeriesProps {
  buckets: Bucket[];
  interval: Interval;
  zone: string;
  metric: Metric | undefined;
  onOpen: (bucket: Bucket) => void;
}

// Text values that decide how a chart looks, apart from its data.
const looks = () =>
  `${prefs().theme} ${prefs().contrast} ${matchMedia('(prefers-color-scheme: dark)').matches}`;
const onLooks = (run: () => void) => {
  const media = matchMedia('(prefers-color-scheme: dark)');
  media.addEventListener('change', run);
  const end = onPrefs(run);
  return () => {
    media.removeEventListener('change', run);
    end();
  };
};

function Picture({ buckets, interval, zone, metric, onOpen }: SeriesProps) {
  const host = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const [point, setPoint] = useState<number | null>(null);
  const [isByKey, setByKey] = useState(false);
  const look = useSyncExternalStore(onLooks, looks);
  const unit = metric?.unit ?? buckets[0]?.number.unit ?? 'count';
  const latest = useRef({ buckets, onOpen });
  latest.current = { buckets, onOpen };

  useEffect(() => {
    const at = host.current;
    if (!at || !buckets.length) return;
    const drawn = drawChart(at, {
      buckets,
      label: (bucket) => formatBucket(bucket.start, interval, zone),
      unit,
      onPoint: setPoint,
      onOpen: (i) => {
        const bucket = latest.current.buckets[i];
        if (bucket?.number.drill) latest.current.onOpen(bucket);
      },
    });
    chart.current = drawn;
    const observer = new ResizeObserver(() => {
      drawn.setSize({ width: Math.max(200, at.clientWidth), height: drawn.height });
    });
    observer.observe(at);
    return () => {
      observer.disconnect();
      drawn.destroy();
      chart.current = null;
      setPoint(null);
    };
  }, [buckets, interval, zone, unit, look]);

  const move = (event: React.KeyboardEvent) => {
    const at = point ?? (event.key === 'ArrowLeft' ? buckets.length : -1);
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: buckets.length - 1 }[
      event.key
    ];
    if (to !== undefined && buckets[to]) {
      event.preventDefault();
      setByKey(true);
      const u = chart.current;
      u?.setCursor({ left: u.valToPos(to, 'x'), top: 10 });
      setPoint(to);
    }
    if (event.key === 'Enter' && point !== null && buckets[point]?.number.drill)
      onOpen(buckets[point]);
  };
  const bucket = point === null ? null : buckets[point];
  const reading = bucket ? readingOf(bucket, interval, zone, metric) : t('trend.hint');
  // Counts are 0 where nothing is, which is no picture either.
  if (!buckets.some((b) => b.number.value !== null && (unit !== 'count' || b.number.value > 0))) {
    return <p className="muted chart-none">{t('trend.none')}</p>;
  }
  return (
    <figure className="figure">
      <div
        ref={host}
        className="chart"
        dir="ltr"
        data-own-keys
        tabIndex={0}
        role="application"
        aria-roledescription={t('trend.role')}
        aria-label={summaryOf(buckets, interval, zone)}
        onKeyDown={move}
        onBlur={() => setByKey(false)}
      />
      <figcaption className="small">
        <span className={bucket ? 'num' : 'muted'}>{reading}</span>
        <span className="legend muted">
          <span className="legend-band">{t('trend.band')}</span>
          {buckets.some((b) => !b.number.complete) && (
            <span className="legend-dash">{t('trend.incomplete')}</span>
          )}
          {buckets.some((b) => isFew(b.number)) && (
            <span className="legend-few">{t('trend.few')}</span>
          )}
          {valueRange(buckets, unit)[0] > 0 && <span>{t('trend.not_zero')}</span>}
        </span>
        <span className="sr-only" role="status">
          {isByKey && bucket ? reading : ''}
        </span>
      </figcaption>
    </figure>
  );
}

function readingOf(
  bucket: Bucket,
  interval: Interval,
  zone: string,
  metric: Metric | undefined,
): string {
  const { number } = bucket;
  const parts = [formatBucketFull(bucket.start, interval, zone), valueText(number)];
  const ci = intervalText(number);
  if (ci) parts.push(ci);
  if (number.unit !== 'count') parts.push(populationText(number, metric?.counts ?? 'interactions'));
  if (!number.complete) parts.push(t('trend.incomplete'));
  return parts.join(' · ');
}

function summaryOf(buckets: Bucket[], interval: Interval, zone: string): string {
  const known = buckets.filter((b) => b.number.value !== null);
  const sorted = [...known].sort((a, b) => a.number.value! - b.number.value!);
  const [low, high] = [sorted[0], sorted.at(-1)];
  if (!low || !high) return t('trend.none');
  return t('trend.summary', {
    count: buckets.length,
    low: valueText(low.number),
    low_at: formatBucketFull(low.start, interval, zone),
    high: valueText(high.number),
    high_at: formatBucketFull(high.start, interval, zone),
  });
}

function Table({ buckets, interval, zone, metric, onOpen }: SeriesProps) {
  return (
    <div className="table-scroll" tabIndex={0} role="region" aria-label={t('trend.table')}>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{t('column.time')}</th>
            <th scope="col" className="end">
              {t('column.value')}
            </th>
            <th scope="col" className="end">
              {t('column.interval')}
            </th>
            <th scope="col" className="end">
              {t('column.n')}
            </th>
          </tr>
        </thead>
        <tbody>
          {[...buckets].reverse().map((bucket) => (
            <tr key={bucket.start}>
              <th scope="row">
                {formatBucketFull(bucket.start, interval, zone)}
                {!bucket.number.complete && (
                  <span className="muted"> · {t('trend.incomplete')}</span>
                )}
              </th>
              <td className="end num">{valueText(bucket.number)}</td>
              <td className="end num">{intervalText(bucket.number) ?? '–'}</td>
              <td className="end">
                <Behind
                  num={bucket.number}
                  counts={metric?.counts ?? 'interactions'}
                  isShort
                  onOpen={() => onOpen(bucket)}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface HowProps {
  metric: Metric;
  result: Result;
  query: object | null;
}

function HowComputed({ metric, result, query }: HowProps) {
  const { ci, definition, excluded } = result.number;
  const left = Object.entries(excluded ?? {}).filter(([, n]) => n > 0);
  const call = [
    `curl -X POST ${apiAddress('/query')}`,
    `  -H 'Authorization: Bearer rap_…'`,
    `  -H 'Content-Type: application/json'`,
    `  -d '${JSON.stringify(query)}'`,
  ].join(' \\\n');
  return (
    <Disclosure className="how">
      <Heading level={3}>
        <AriaButton slot="trigger" className="button button-quiet">
          {t('how.title')}
        </AriaButton>
      </Heading>
      <DisclosurePanel>
        <dl className="facts">
          <dt>{t('how.meaning')}</dt>
          <dd>{metric.meaning}</dd>
          <dt>{t('how.population')}</dt>
          <dd>{metric.population}</dd>
          <dt>{t('how.formula')}</dt>
          <dd>
            <code>{metric.formula}</code>
          </dd>
          <dt>{t('how.method')}</dt>
          <dd>
            {ci
              ? t('how.interval', { level: Math.round(ci.level * 100), method: ci.method })
              : t('how.no_interval')}
          </dd>
          {left.length > 0 && (
            <>
              <dt>{t('how.excluded')}</dt>
              <dd>
                {left
                  .map(([why, n]) => `${tMaybe(`excluded.${why}`, why)}: ${formatCount(n)}`)
                  .join(' · ')}
              </dd>
            </>
          )}
          {metric.traps.length > 0 && (
            <>
              <dt>{t('how.traps')}</dt>
              <dd>
                <ul>
                  {metric.traps.map((trap) => (
                    <li key={trap}>{trap}</li>
                  ))}
                </ul>
              </dd>
            </>
          )}
          <dt>{t('how.definition')}</dt>
          <dd>
            <code>
              {definition.id} v{definition.version}
            </code>
          </dd>
        </dl>
        <Code text={call} label={t('how.call')} />
      </DisclosurePanel>
    </Disclosure>
  );
}
