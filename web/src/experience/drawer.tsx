// What stands behind a number: exactly its n rows, each with the way to its conversation.
import { useInfiniteQuery } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { Link } from 'wouter';
import { get, type Problem, withQuery } from '../api.ts';
import { useZone } from '../app/session.ts';
import { formatBucketFull, formatCount, formatOf, formatTime } from '../format.ts';
import { t, tMaybe } from '../i18n.ts';
import { intervalText, valueText } from '../phrase.ts';
import type { DrillPage, DrillRow, Metric, Num, Result } from '../types.ts';
import { Button, Failed, Sheet, Waiting } from '../ui/basics.tsx';
import { dimensionName, valueName } from './filters.tsx';
import type { Interval } from './range.ts';
import {
  type Change,
  type Dimension,
  DIMENSIONS,
  METRICS,
  type MetricId,
  NONE,
  type State,
} from './state.ts';
import { ChangeLine } from './tile.tsx';

interface DrawerProps {
  state: State;
  change: Change;
  metrics: Map<string, Metric>;
  tiles: Map<MetricId, Result | undefined>;
  trend: Result | undefined;
  groups: Map<Dimension, Result | undefined>;
  interval: Interval;
}

interface Shown {
  metric: MetricId;
  num: Num;
  where: string | null;
}

export function Drawer(props: DrawerProps) {
  const zone = useZone();
  const { state, change, metrics } = props;
  const shown = state.show ? find(state.show, props, zone) : null;
  const close = () => change({ show: null, part: 'all' });
  if (!state.show) return null;
  const title = shown ? t(`metric.${shown.metric}`) : t('drawer.title');
  return (
    <Sheet title={title} isOpen onClose={close} side>
      {shown ? (
        <Behind
          key={state.show}
          shown={shown}
          metric={metrics.get(shown.metric)}
          part={state.part}
          onPart={(part) => change({ part })}
        />
      ) : props.trend ? (
        <p className="sheet-body muted">{t('drawer.gone')}</p>
      ) : (
        <Waiting />
      )}
    </Sheet>
  );
}

function find(
  show: string,
  { state, tiles, trend, groups, interval }: DrawerProps,
  zone: string,
): Shown | null {
  const colon = show.indexOf(':');
  const kind = colon < 0 ? show : show.slice(0, colon);
  const value = show.slice(colon + 1);
  const tile = METRICS.find((id) => id === show);
  if (tile) {
    const num = tiles.get(tile)?.number;
    return num ? { metric: tile, num, where: null } : null;
  }
  if (kind === 'at') {
    const bucket = trend?.series?.find((b) => b.start === value);
    const where = bucket && formatBucketFull(bucket.start, interval, zone);
    return bucket ? { metric: state.metric, num: bucket.number, where: where ?? null } : null;
  }
  const dim = DIMENSIONS.find((d) => d === kind);
  const group = dim && groups.get(dim)?.groups?.find((g) => (g.by[0]?.value ?? NONE) === value);
  if (!group || !dim) return null;
  const name = valueName(dim, group.by[0]?.value ?? null, group.by[0]?.label ?? null);
  return { metric: state.metric, num: group.number, where: `${dimensionName(dim)}: ${name}` };
}

interface BehindProps {
  shown: Shown;
  metric: Metric | undefined;
  part: State['part'];
  onPart: (part: State['part']) => void;
}

function Behind({ shown: now, metric, part, onPart }: BehindProps) {
  // The list stays that of the number that was opened; a newer one is offered, not forced.
  const [shown, setShown] = useState(now);
  const { num } = shown;
  const isOld = now.num.n !== num.n || now.num.value !== num.value;
  const rows = useInfiniteQuery<DrillPage, Problem>({
    queryKey: ['drill', num.drill, part],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      get<DrillPage>(drillPath(num.drill!, part, pageParam as string), signal),
    getNextPageParam: (page) => (page.has_more ? page.next_cursor : null),
    enabled: num.drill !== null,
  });
  const list = rows.data?.pages.flatMap((page) => page.data) ?? [];
  const place = useRef<HTMLOListElement>(null);
  // The button may be gone afterwards; reading goes on at the first row that is new.
  const more = () => {
    const first = list.length;
    void rows.fetchNextPage().then(() => {
      setTimeout(() => place.current?.children[first]?.querySelector('a')?.focus(), 0);
    });
  };
  const total = rows.data?.pages[0]?.total ?? null;
  const counts = metric?.counts ?? 'interactions';
  const interval = intervalText(num);
  return (
    <div className="sheet-body">
      {shown.where && (
        <p className="muted">
          <bdi>{shown.where}</bdi>
        </p>
      )}
      <p className="drawer-value num">
        <strong className="number">{valueText(num)}</strong>{' '}
        {interval && <span className="muted">{t('number.interval_95', { interval })}</span>}
      </p>
      <ChangeLine num={num} better={metric?.better ?? 'neither'} />
      {isOld && (
        <p>
          <Button onPress={() => setShown(now)}>
            {t('drawer.newer', { value: valueText(now.num), n: formatCount(now.num.n) })}
          </Button>
        </p>
      )}
      {num.unit === 'share' && (
        <label className="check">
          <input
            type="checkbox"
            checked={part === 'numerator'}
            onChange={(event) => onPart(event.target.checked ? 'numerator' : 'all')}
          />
          {t('drawer.numerator')}
        </label>
      )}
      {num.drill === null ? (
        <p className="muted">{t('drawer.no_drill')}</p>
      ) : rows.error ? (
        <Failed error={rows.error} onRetry={() => void rows.refetch()} />
      ) : total === null ? (
        <Waiting />
      ) : (
        <>
          <h3 className="drawer-total" data-total={total}>
            {t(`population.${counts}`, { n: total, shown: formatCount(total) })}
          </h3>
          <ol className="rows" ref={place}>
            {list.map((row, i) => (
              <Row key={`${row.interaction_id ?? row.conversation_id ?? ''} ${i}`} row={row} />
            ))}
          </ol>
          {rows.hasNextPage && (
            <Button onPress={more} isDisabled={rows.isFetchingNextPage}>
              {t('drawer.more', { shown: formatCount(list.length), total: formatCount(total) })}
            </Button>
          )}
        </>
      )}
    </div>
  );
}

/** The drill address comes with the number; below /api/v1 is what our caller wants. */
function drillPath(drill: string, part: State['part'], cursor: string): string {
  const path = drill.slice(drill.indexOf('/query/drill'));
  return withQuery(path, { limit: '50', cursor, numerator: part === 'numerator' ? 'true' : null });
}

/** Links must tell apart what they lead to, also where an import brought no names. */
function nameOf(row: DrillRow): string {
  const id = row.conversation_id ?? row.interaction_id ?? row.customer_id ?? '';
  const kind = row.conversation_id
    ? 'conversation'
    : row.interaction_id
      ? 'interaction'
      : 'customer';
  return t(`drawer.${kind}`, { id: id.slice(id.indexOf('_') + 1) });
}

function Row({ row }: { row: DrillRow }) {
  const zone = useZone();
  const to = row.conversation_id
    ? `/conversations/${row.conversation_id}`
    : row.customer_id
      ? `/customers/${row.customer_id}`
      : null;
  const channel =
    typeof row.conversation?.channel === 'string'
      ? row.conversation.channel
      : row.conversation?.channel?.name;
  const title = row.conversation?.subject || row.customer?.name || nameOf(row);
  const parts = [
    row.conversation?.subject ? row.customer?.name : null,
    channel,
    row.conversation?.state ? tMaybe(`value.state.${row.conversation.state}`) : null,
  ].filter((part) => part);
  const size = row.value === null ? null : formatOf(row.unit, row.value)(row.value);
  return (
    <li className="row">
      <div className="row-main">
        {to ? (
          <Link href={to} className="row-title">
            <bdi>{title}</bdi>
          </Link>
        ) : (
          <bdi className="row-title">{title}</bdi>
        )}
        <p className="small muted">
          {formatTime(row.at, zone)}
          {parts.map((part) => (
            <span key={part}>
              {' · '}
              <bdi>{part}</bdi>
            </span>
          ))}
          {row.sign < 0 && ` · ${t('drawer.withdrawn')}`}
        </p>
      </div>
      {size !== null && row.unit !== 'count' && (
        <span className="row-value num">
          {row.censored ? t('drawer.censored', { value: size }) : size}
        </span>
      )}
    </li>
  );
}
