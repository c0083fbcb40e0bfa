// A number in words: what changed, and how sure that is.
import { formatAmount, formatCount, formatDurations, formatFor } from './format.ts';
import { t, tMaybe } from './i18n.ts';
import type { Metric, Num } from './types.ts';

export function valueText(num: Num): string {
  if (num.value !== null) return formatFor(num)(num.value);
  return tMaybe(`reason.${num.reason ?? 'no_data'}`);
}

export function intervalText(num: Num): string | null {
  if (!num.ci || num.value === null) return null;
  if (num.unit === 'seconds') return formatDurations(num.ci.low, num.ci.high, num.value);
  const format = formatFor(num);
  return t('number.interval', { low: format(num.ci.low), high: format(num.ci.high) });
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
  const ci = delta.ci;
  if (ci && ci.low <= 0 && ci.high >= 0) {
    return { text: t('change.none', n), direction: null, tone: 'plain' };
  }
  if (delta.value === 0) return { text: t('change.same'), direction: null, tone: 'plain' };
  const direction = delta.value > 0 ? 'up' : 'down';
  const isPoints = num.unit === 'share' || num.unit === 'score';
  const width = ci ? ci.high - ci.low : null;
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
  const text = t(`change.${direction}`, { amount: said, low: format(low), high: format(high) });
  const isGood = better === 'higher' ? delta.value > 0 : delta.value < 0;
  return { text, direction, tone: better === 'neither' ? 'plain' : isGood ? 'good' : 'bad' };
}
