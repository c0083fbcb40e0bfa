// The Experience dashboard: how the service does, one page, everything in the address.
import { useEffect } from 'react';
import { announce } from '../app/frame.tsx';
import { useZone } from '../app/session.ts';
import { formatRange } from '../format.ts';
import { t } from '../i18n.ts';
import type { Result } from '../types.ts';
import { Button, Failed, Page, Waiting } from '../ui/basics.tsx';
import { Drawer } from './drawer.tsx';
import { Empty } from './empty.tsx';
import { FilterBar } from './filters.tsx';
import { Groups } from './groups.tsx';
import {
  common,
  type History,
  useGroups,
  useHistory,
  useMetrics,
  useRange,
  useTiles,
  useTrend,
} from './queries.ts';
import { ALL, intervalsFor } from './range.ts';
import { DIMENSIONS, METRICS, type State, useDashboard } from './state.ts';
import { Tile } from './tile.tsx';
import { Toolbar } from './toolbar.tsx';
import { Trend } from './trend.tsx';

export function Experience() {
  const history = useHistory();
  if (history.error && !history.isKnown) {
    return (
      <Page title={t('experience.title')}>
        <Failed error={history.error} />
      </Page>
    );
  }
  if (!history.isKnown) {
    return (
      <Page title={t('experience.title')}>
        <Waiting />
      </Page>
    );
  }
  if (history.first === null) return <Empty />;
  return <Dashboard />;
}

function Dashboard() {
  const [asked, change] = useDashboard();
  const zone = useZone();
  const history = useHistory();
  const state = atHome(asked, history);
  const metrics = useMetrics();
  const { days, range } = useRange(state, history);
  const query = range && common(state, range, days);
  const choices = intervalsFor(days);
  const interval =
    state.interval && choices.list.includes(state.interval) ? state.interval : choices.standard;
  const metric = metrics.get(state.metric);
  const dims = DIMENSIONS.filter((dim) => !metric || metric.dimensions.includes(dim));

  const tiles = useTiles(query);
  const trend = useTrend(query, state, interval);
  const groups = useGroups(query, state, dims);
  const volume = tiles.tiles.get('interactions');
  const shown = volume ? formatRange(volume.from, volume.to, zone) : null;
  useEffect(() => {
    if (shown) announce(t('experience.showing', { range: shown }));
  }, [shown]);

  const isFiltered = Object.values(state.filters).some((values) => values.length);
  const error = tiles.error ?? trend.error ?? groups.error;
  return (
    <Page
      title={t('experience.title')}
      actions={
        <p className="muted small range-said">
          {shown} · {zone}
        </p>
      }
    >
      <Toolbar state={state} change={change} intervals={choices.list} interval={interval}>
        <FilterBar state={state} change={change} />
      </Toolbar>
      {error && (
        <Failed
          error={error}
          onRetry={() => {
            void tiles.refetch();
            void trend.refetch();
            void groups.refetch();
          }}
        />
      )}
      {isEmpty(volume, tiles.tiles.get('backlog')) && (
        <NothingHere
          range={
            history.first && history.last ? formatRange(history.first, history.last, zone) : ''
          }
          isFiltered={isFiltered}
          onAll={() => change({ range: ALL, hasRange: true, interval: null })}
          onClear={() => change({ filters: {} })}
        />
      )}
      <section aria-label={t('experience.metrics')} className="tiles">
        {METRICS.map((id) => (
          <Tile
            key={id}
            id={id}
            metric={metrics.get(id)}
            result={tiles.tiles.get(id)}
            second={tiles.seconds.get(id)}
            isSelected={state.metric === id}
            onSelect={() => change({ metric: id, statistic: null })}
            onOpen={() => change({ show: id, part: 'all' })}
          />
        ))}
      </section>
      <Trend
        state={state}
        change={change}
        metric={metric}
        result={trend.result}
        query={trend.query}
        interval={interval}
      />
      <Groups state={state} change={change} metric={metric} dims={dims} groups={groups.groups} />
      <Drawer
        state={state}
        change={change}
        metrics={metrics}
        tiles={tiles.tiles}
        trend={trend.result}
        groups={groups.groups}
        interval={interval}
      />
    </Page>
  );
}

const HOME_DAYS_MS = 28 * 86_400_000;

/** Without a chosen range: the last 28 days, or all time where nothing is that young, as after an
 * import of old data. */
function atHome(state: State, { last }: History): State {
  const isOld = last !== null && Date.parse(last) < Date.now() - HOME_DAYS_MS;
  return isOld && !state.hasRange ? { ...state, range: ALL } : state;
}

const isEmpty = (volume: Result | undefined, backlog: Result | undefined) =>
  volume !== undefined && !volume.number.value && !backlog?.number.value;

interface NothingProps {
  range: string;
  isFiltered: boolean;
  onAll: () => void;
  onClear: () => void;
}

function NothingHere({ range, isFiltered, onAll, onClear }: NothingProps) {
  return (
    <div className="notice notice-info nothing" role="status">
      <p>{isFiltered ? t('experience.filtered_out') : t('experience.nothing_here', { range })}</p>
      {isFiltered && <Button onPress={onClear}>{t('filter.clear')}</Button>}
      <Button onPress={onAll}>{t('experience.show_all')}</Button>
    </div>
  );
}
