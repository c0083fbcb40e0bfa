// What the dashboard shows is in the address, all of it: whoever gets the link sees the same.
import { useCallback, useMemo } from 'react';
import { useLocation, useSearch } from 'wouter';
import { ALL, type Interval, isDates, periodRange, type Range, STANDARD_PERIOD } from './range.ts';

export const METRICS = [
  'interactions',
  'first_reply_time',
  'resolution_time',
  'backlog',
  'csat',
  'nps',
] as const;
export type MetricId = (typeof METRICS)[number];

export const DIMENSIONS = ['channel', 'team', 'agent', 'topic'] as const;
export type Dimension = (typeof DIMENSIONS)[number];

export const NONE = '~'; // the filter value for "has none"

export interface State {
  range: Range;
  hasRange: boolean; // chosen; else it is the standard one
  compare: 'previous' | 'year' | 'none';
  interval: Interval | null; // null: what suits the range
  metric: MetricId;
  statistic: string | null;
  filters: Record<string, string[]>;
  view: 'chart' | 'table';
  show: string | null; // whose rows the drawer lists
  part: 'all' | 'numerator';
}

const INTERVAL_IDS = ['15m', '30m', '1h', '1d', '1w', '1mo', '1q', '1y'];

export function readState(search: string): State {
  const query = new URLSearchParams(search);
  const oneOf = <T extends string>(name: string, list: readonly T[], otherwise: T): T =>
    list.includes(query.get(name) as T) ? (query.get(name) as T) : otherwise;
  const filters: Record<string, string[]> = {};
  for (const [name, value] of query) {
    if (name.startsWith('f.') && value) filters[name.slice(2)] = value.split(',').map(decode);
  }
  const interval = query.get('interval');
  return {
    range: readRange(query.get('from'), query.get('to')) ?? periodRange(STANDARD_PERIOD),
    hasRange: readRange(query.get('from'), query.get('to')) !== null,
    compare: oneOf('compare', ['previous', 'year', 'none'], 'previous'),
    interval: interval && INTERVAL_IDS.includes(interval) ? (interval as Interval) : null,
    metric: oneOf('metric', METRICS, 'interactions'),
    statistic: query.get('statistic'),
    filters,
    view: oneOf('view', ['chart', 'table'], 'chart'),
    show: query.get('show'),
    part: oneOf('part', ['all', 'numerator'], 'all'),
  };
}

const TIME = /^now([-+]\d+[mhdwMy])?(\/[hdwMy])?$|^\d{4}-\d{2}-\d{2}T[\d:.]+(Z|[-+]\d{2}:\d{2})$/;

function readRange(from: string | null, to: string | null): Range | null {
  if (from === 'all') return ALL;
  const range = { from: from ?? '', to: to ?? 'now' };
  if (isDates(range) && range.from <= range.to) return range;
  if (TIME.test(range.from) && TIME.test(range.to)) return range;
  return null;
}

// A text dimension's value may hold a comma, which separates values.
const encode = (value: string) => value.replace(/[%,]/g, (c) => (c === '%' ? '%25' : '%2C'));
const decode = (value: string) =>
  value.replace(/%(25|2C)/g, (_, c: string) => (c === '25' ? '%' : ','));

export function writeState(state: State): string {
  const query = new URLSearchParams();
  if (state.hasRange) {
    query.set('from', state.range.from);
    if (state.range.from !== 'all') query.set('to', state.range.to);
  }
  if (state.compare !== 'previous') query.set('compare', state.compare);
  if (state.interval) query.set('interval', state.interval);
  if (state.metric !== 'interactions') query.set('metric', state.metric);
  if (state.statistic) query.set('statistic', state.statistic);
  for (const [dim, values] of Object.entries(state.filters)) {
    if (values.length) query.set(`f.${dim}`, values.map(encode).join(','));
  }
  if (state.view !== 'chart') query.set('view', state.view);
  if (state.show) query.set('show', state.show);
  if (state.part !== 'all') query.set('part', state.part);
  return query.toString();
}

export type Change = (change: Partial<State>) => void;

export function useDashboard(): [State, Change] {
  const search = useSearch();
  const [path, go] = useLocation();
  const state = useMemo(() => readState(search), [search]);
  const change = useCallback<Change>(
    (part) => {
      // From the address, not from what was rendered: two quick changes both count.
      const text = writeState({ ...readState(location.search), ...part });
      go(text ? `${path}?${text}` : path);
    },
    [go, path],
  );
  return [state, change];
}

export function toggleFilter(state: State, dim: string, value: string): Partial<State> {
  const old = state.filters[dim] ?? [];
  const values = old.includes(value) ? old.filter((v) => v !== value) : [...old, value];
  return { filters: { ...state.filters, [dim]: values }, show: null };
}
