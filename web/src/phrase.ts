// A number in words: what changed, and how sure that is.
import { formatAmount, formatCount, formatDurations, formatFor, widthOf } from './format.ts';
import { t, tMaybe } from './i18n.ts';
import type { Metric, Num } from './types.ts';

export function valueText(num: Num): string {
  if (num.value !== null) return formatFor(num)(num.value);
  if (num.reason === 'not_reached' && num.ci?.low) {
    return t('number.over', { low: formatFor(num)(num.ci.low) });
  }
  return tMaybe(`reason.${num.reason ?? 'no_data'}`);
}

export function intervalText(num: Num): string | null {
  if (!num.ci || num.value === null) return null;
  const { low, high } = num.ci;
  const format = formatFor(num);
  if (low === null && high === null) return null;
  if (high === null) return t('number.from', { low: format(low!) });
  if (low === null) return t('number.up_to', { high: format(high) });
  if (num.unit === 'seconds') return formatDurations(low, high, num.value);
  return t('number.interval', { low: format(low), high: format(high) });
}

/** "1,204 conversations": what is counted is always said. */
export function populationText(num: Num, counts: Metric['counts']): string {
  return t(`population.${counts}`, { n: num.n, shown: formatCount(num.n) });
}

export interface Change {
  text: string;
  /** Only when the interval excludes 0. */
  direction: 'up' | 'down' | null;
  tone: 'good' | 'bad' | 'plain';
}

export function changeOf(num: Num, better: Metric['better']): Change | null {
  const { delta, previous } = num;
  if (!previous || num.value === null) return null;
  if (!delta || previous.value === null) {
    return { text: t('change.nothing'), direction: null, tone: 'plain' };
  }
  const n = { before: formatCount(previous.n), now: formatCount(num.n) };
  const ci = delta.ci && { low: delta.ci.low ?? -Infinity, high: delta.ci.high ?? Infinity };
  if (ci && ci.low <= 0 && ci.high >= 0) {
    return { text: t('change.none', n), direction: null, tone: 'plain' };
  }
  if (delta.value === 0) return { text: t('change.same'), direction: null, tone: 'plain' };
  const direction = delta.value > 0 ? 'up' : 'down';
  const isPoints = num.unit === 'share' || num.unit === 'score';
  const width = widthOf(delta.ci);
  const format = formatAmount(num.unit, delta.value, width);
  const amount = format(Math.abs(delta.value));
  const said = isPoints ? t('change.points', { amount }) : amount;
  if (!ci) {
    const from = formatFor({ ...num, value: previous.value, ci: null })(previous.value);
    return {
      text: t(`change.${direction}_from`, { amount: said, from }),
      direction: null,
      tone: 'plain',
    };
  }
  const [low, high] = [Math.abs(ci.low), Math.abs(ci.high)].sort((a, b) => a - b) as [
    number,
    number,
  ];
  const text =
    high === Infinity
      ? t(`change.${direction}_least`, { amount: said, low: format(low) })
      : t(`change.${direction}`, { amount: said, low: format(low), high: format(high) });
  const isGood = better === 'higher' ? delta.value > 0 : delta.value < 0;
  return { text, direction, tone: better === 'neither' ? 'plain' : isGood ? 'good' : 'bad' };
}
