// One metric of the top row: value, interval, n, change. The tile chooses the metric of the chart;
// its n opens what stands behind it.
import { formatCount, formatFor } from '../format.ts';
import { t } from '../i18n.ts';
import { changeOf, intervalText, populationText, valueText } from '../phrase.ts';
import type { Metric, Num, Result } from '../types.ts';
import { Icon } from '../ui/icons.tsx';
import type { MetricId } from './state.ts';
import { isFew } from './series.ts';

interface TileProps {
  id: MetricId;
  metric: Metric | undefined;
  result: Result | undefined;
  second: Result | undefined;
  isSelected: boolean;
  onSelect: () => void;
  onOpen: () => void;
}

export function Tile({ id, metric, result, second, isSelected, onSelect, onOpen }: TileProps) {
  const num = result?.number;
  return (
    <article className="tile" data-selected={isSelected || undefined} data-metric={id}>
      <h2 className="tile-name">
        <button type="button" className="tile-select" aria-pressed={isSelected} onClick={onSelect}>
          {t(`metric.${id}`)}
        </button>
      </h2>
      {num ? (
        <>
          <Value num={num} />
          {second && second.number.value !== null && (
            <p className="small muted num">
              <bdi>{t('number.p90', { value: formatFor(second.number)(second.number.value) })}</bdi>
            </p>
          )}
          <ChangeLine num={num} better={metric?.better ?? 'neither'} />
          <p className="tile-n">
            <Behind num={num} counts={metric?.counts ?? 'interactions'} onOpen={onOpen} />
          </p>
        </>
      ) : (
        <p className="tile-value muted">…</p>
      )}
    </article>
  );
}

function Value({ num }: { num: Num }) {
  const interval = intervalText(num);
  if (num.value === null) {
    return <p className="tile-value tile-none">{valueText(num)}</p>;
  }
  // With few observations the interval is what can be said; the point comes after it.
  if (isFew(num) && interval) {
    return (
      <>
        <p className="tile-value number num">
          <bdi>{interval}</bdi>
        </p>
        <p className="small muted num">
          <bdi>{t('number.few', { value: valueText(num) })}</bdi>
        </p>
      </>
    );
  }
  return (
    <>
      <p className="tile-value number num">
        <bdi>{valueText(num)}</bdi>
      </p>
      <p className="small muted num">
        <bdi>{interval ? t('number.interval_95', { interval }) : t('number.exact')}</bdi>
      </p>
    </>
  );
}

export function ChangeLine({ num, better }: { num: Num; better: Metric['better'] }) {
  const change = changeOf(num, better);
  if (!change) return null;
  return (
    <p className={`change change-${change.tone} num`}>
      {change.direction && <Icon name={change.direction === 'up' ? 'up_arrow' : 'down_arrow'} />}
      <bdi>{change.text}</bdi>
    </p>
  );
}

interface BehindProps {
  num: Num;
  counts: Metric['counts'];
  onOpen: () => void;
  isShort?: boolean; // in a table, whose title says what is counted
}

/** The n, as the way to the rows behind the number. */
export function Behind({ num, counts, onOpen, isShort }: BehindProps) {
  const text = isShort ? (
    <span className="n">
      n {formatCount(num.n)}
      <span className="sr-only"> {populationText(num, counts)}</span>
    </span>
  ) : (
    populationText(num, counts)
  );
  if (!num.drill || num.n === 0) return <bdi className="muted num">{text}</bdi>;
  return (
    <button type="button" className="button-link num" onClick={onOpen}>
      <bdi>{text}</bdi>
    </button>
  );
}
