// The dashboard's questions to POST /query.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { call, type Problem } from '../api.ts';
import { useGet, useZone } from '../app/session.ts';
import type { List, Metric, Result } from '../types.ts';
import {
  type Extent,
  type Interval,
  isDates,
  periodOf,
  type Range,
  rangeDays,
  rangeForApi,
} from './range.ts';
import { type Dimension, METRICS, type MetricId, NONE, type State } from './state.ts';

interface Filter {
  and: { dim: string; op: 'in' | 'has_none'; values?: string[] }[] | unknown[];
}

interface Query {
  metric: string;
  statistic?: string;
  from: string;
  to: string;
  interval?: Interval;
  filter?: Filter;
  by?: string[];
  compare?: 'previous' | 'year';
  match_weekdays?: boolean;
  limit?: number;
}

export function filterForApi(filters: State['filters']): Filter | undefined {
  const leaves = Object.entries(filters)
    .filter(([, values]) => values.length)
    .map(([dim, values]) => {
      const named = values.filter((v) => v !== NONE);
      const choices: unknown[] = [];
      if (named.length) choices.push({ dim, op: 'in', values: named });
      if (named.length < values.length) choices.push({ dim, op: 'has_none' });
      return choices.length === 1 ? choices[0] : { or: choices };
    });
  return leaves.length ? { and: leaves } : undefined;
}

const WEEK = 7;

export function common(state: State, range: Range, days: number): Omit<Query, 'metric'> {
  const filter = filterForApi(state.filters);
  const query: Omit<Query, 'metric'> = { ...range };
  if (filter) query.filter = filter;
  if (state.compare === 'none' || state.range.from === 'all') return query;
  query.compare = state.compare;
  const unit = periodOf(state.range)?.id;
  const isByDay = unit === '7d' || unit === '28d' || (isDates(state.range) && days >= WEEK);
  if (state.compare === 'previous' && isByDay) query.match_weekdays = true;
  return query;
}

function useResults(queries: Query[] | null) {
  return useQuery<Result[], Problem>({
    queryKey: ['numbers', queries],
    queryFn: async ({ signal }) =>
      (await call<{ results: Result[] }>('POST', '/query', { body: { queries }, signal })).results,
    enabled: queries !== null && queries.length > 0,
    placeholderData: keepPreviousData,
  });
}

export function useMetrics(): Map<string, Metric> {
  const { data } = useGet<List<Metric>>('metrics', '/metrics');
  return new Map(data?.data.map((metric) => [metric.id, metric]));
}

/** Where the first and the last month with interactions begin and end; null: there are none. */
export interface History extends Extent {
  isKnown: boolean;
}

/** From when there is data: a page without any shows how to bring some. */
export function useHistory(): History & { error: Problem | null } {
  const { data, error } = useResults([
    { metric: 'interactions', from: '2000-01-01T00:00:00Z', to: 'now', interval: '1mo' },
  ]);
  const filled = data?.[0]?.series?.filter((bucket) => bucket.number.value) ?? [];
  return {
    isKnown: data !== undefined,
    first: filled[0]?.start ?? null,
    last: filled.at(-1)?.end ?? null,
    error,
  };
}

export function useRange(state: State, history: History) {
  const zone = useZone();
  const days = rangeDays(state.range, history, Date.now());
  return { days, range: rangeForApi(state.range, zone, history, Date.now()) };
}

export const SECOND_STATISTIC: Partial<Record<MetricId, string>> = {
  first_reply_time: 'p90',
  resolution_time: 'p90',
};

export function useTiles(base: Omit<Query, 'metric'> | null) {
  const { compare: _compare, match_weekdays: _match, ...plain } = base ?? {};
  const second = Object.entries(SECOND_STATISTIC);
  const answer = useResults(
    base && [
      ...METRICS.map((metric) => ({ ...base, metric })),
      ...second.map(([metric, statistic]) => ({ ...(plain as typeof base), metric, statistic })),
    ],
  );
  return {
    ...answer,
    tiles: new Map(METRICS.map((metric, i) => [metric, answer.data?.[i]])),
    seconds: new Map(second.map(([metric], i) => [metric, answer.data?.[METRICS.length + i]])),
  };
}

export function useTrend(base: Omit<Query, 'metric'> | null, state: State, interval: Interval) {
  const query = base && { ...base, metric: state.metric, interval, ...statistic(state) };
  const { data, ...rest } = useResults(query && [query]);
  return { ...rest, result: data?.[0], query };
}

export function useGroups(base: Omit<Query, 'metric'> | null, state: State, dims: Dimension[]) {
  const { compare: _compare, match_weekdays: _match, ...plain } = base ?? {};
  const answer = useResults(
    base &&
      dims.map((dim) => ({
        ...(plain as typeof base),
        metric: state.metric,
        ...statistic(state),
        by: [dim],
        limit: 50,
      })),
  );
  return { ...answer, groups: new Map(dims.map((dim, i) => [dim, answer.data?.[i]])) };
}

const statistic = (state: State) => (state.statistic ? { statistic: state.statistic } : {});
