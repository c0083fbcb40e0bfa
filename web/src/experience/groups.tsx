// The chosen metric by channel, team, agent and topic. A click on a row filters by it.
import { useState } from 'react';
import { t } from '../i18n.ts';
import { intervalText, valueText } from '../phrase.ts';
import type { Group, Metric, Num, Result } from '../types.ts';
import { Button, Waiting } from '../ui/basics.tsx';
import { dimensionName, valueName } from './filters.tsx';
import { type Change, type Dimension, NONE, type State, toggleFilter } from './state.ts';
import { Behind } from './tile.tsx';
import { isFew } from './series.ts';

interface GroupsProps {
  state: State;
  change: Change;
  metric: Metric | undefined;
  dims: Dimension[];
  groups: Map<Dimension, Result | undefined>;
}

const ROWS = 8;

export function Groups({ dims, groups, ...rest }: GroupsProps) {
  return (
    <div className="groups">
      {dims.map((dim) => (
        <GroupTable key={dim} dim={dim} result={groups.get(dim)} {...rest} />
      ))}
    </div>
  );
}

interface TableProps {
  dim: Dimension;
  result: Result | undefined;
  state: State;
  change: Change;
  metric: Metric | undefined;
}

/** People are listed by name, so that a table is no league; the rest by how much there is. */
function inOrder(dim: Dimension, groups: Group[]): Group[] {
  const label = (g: Group) => valueName(dim, g.by[0]?.value ?? null, g.by[0]?.label ?? null);
  const isNone = (g: Group) => Number(g.by[0]?.value === null);
  return [...groups].sort((a, b) =>
    dim === 'agent'
      ? isNone(a) - isNone(b) || label(a).localeCompare(label(b))
      : b.number.n - a.number.n,
  );
}

function GroupTable({ dim, result, state, change, metric }: TableProps) {
  const [isLong, setLong] = useState(false);
  const all = inOrder(dim, result?.groups ?? []);
  const rows = isLong ? all : all.slice(0, ROWS);
  const title = t('groups.title', { dim: dimensionName(dim) });
  const scale = scaleOf(rows.map((row) => row.number));
  const chosen = state.filters[dim] ?? [];
  return (
    <section className="card group" aria-label={title} data-dimension={dim}>
      <h2>{title}</h2>
      {!result ? (
        <Waiting />
      ) : rows.length === 0 ? (
        <p className="muted">{t('groups.none')}</p>
      ) : (
        <table className="table group-table">
          <thead className="sr-only">
            <tr>
              <th scope="col">{dimensionName(dim)}</th>
              <th scope="col">{t('column.picture')}</th>
              <th scope="col">{t('column.value')}</th>
              <th scope="col">{t('column.n')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => {
              const value = row.by[0]?.value ?? null;
              const key = value ?? NONE;
              const name = valueName(dim, value, row.by[0]?.label ?? null);
              return (
                <tr key={key} data-chosen={chosen.includes(key) || undefined}>
                  <th scope="row">
                    <button
                      type="button"
                      className="row-filter"
                      aria-pressed={chosen.includes(key)}
                      aria-label={t('groups.filter', { value: name })}
                      onClick={() => change(toggleFilter(state, dim, key))}
                    >
                      <bdi className={value === null ? 'muted' : ''}>{name}</bdi>
                    </button>
                  </th>
                  <td className="whisker-cell" dir="ltr">
                    <Whisker num={row.number} scale={scale} />
                  </td>
                  <td className="end num">
                    <bdi className="number">{shownFirst(row.number)}</bdi>
                    <bdi className="small muted group-ci">{shownSecond(row.number)}</bdi>
                  </td>
                  <td className="end small">
                    <Behind
                      num={row.number}
                      counts={metric?.counts ?? 'interactions'}
                      isShort
                      onOpen={() => change({ show: `${dim}:${key}`, part: 'all' })}
                    />
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
      {result?.overlapping && <p className="small muted">{t('groups.overlapping')}</p>}
      {result?.truncated && isLong && <p className="small muted">{t('groups.truncated')}</p>}
      {all.length > ROWS && (
        <p>
          <Button kind="link" onPress={() => setLong(!isLong)}>
            {isLong ? t('groups.fewer') : t('groups.more', { n: all.length - ROWS })}
          </Button>
        </p>
      )}
    </section>
  );
}

// With few observations the interval leads, as in the tiles.
const shownFirst = (num: Num) => (isFew(num) && intervalText(num)) || valueText(num);
const shownSecond = (num: Num) => (isFew(num) ? valueText(num) : (intervalText(num) ?? ''));

interface Scale {
  low: number;
  high: number;
}

function scaleOf(numbers: Num[]): Scale {
  const ends = numbers.flatMap((n) =>
    n.value === null ? [] : [n.ci?.low ?? n.value, n.ci?.high ?? n.value],
  );
  const isFromZero = numbers.every((n) => n.unit === 'count' || n.unit === 'seconds');
  const low = isFromZero ? 0 : Math.min(...ends);
  const high = Math.max(...ends);
  return { low, high: high > low ? high : low + 1 };
}

const WIDTH = 100;
const DOT = 3;

/** The interval as a line with the point on it, all rows of a table on one scale. */
function Whisker({ num, scale }: { num: Num; scale: Scale }) {
  if (num.value === null) return null;
  const place = (v: number) =>
    DOT + ((v - scale.low) / (scale.high - scale.low)) * (WIDTH - 2 * DOT);
  const x = place(num.value);
  return (
    <svg
      className="whisker"
      viewBox={`0 0 ${WIDTH} 12`}
      width={WIDTH}
      height="12"
      aria-hidden="true"
    >
      {num.unit === 'count' ? (
        <rect x="0" y="3" width={Math.max(1, x)} height="6" rx="1" className="whisker-bar" />
      ) : (
        num.ci && (
          <rect
            x={place(num.ci.low ?? scale.low)}
            y="3"
            width={Math.max(1, place(num.ci.high ?? scale.high) - place(num.ci.low ?? scale.low))}
            height="6"
            rx="1"
            className="whisker-bar"
          />
        )
      )}
      <circle cx={x} cy="6" r={DOT} className={isFew(num) ? 'whisker-few' : 'whisker-dot'} />
    </svg>
  );
}
