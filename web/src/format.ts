// Numbers, durations and times as a person reads them. Pure: the locale is set once by i18n.
import type { Bounds, Num, Unit } from './types.ts';

let locale = 'en';
export const setFormatLocale = (tag: string) => {
  locale = tag;
  cache.clear();
};

const cache = new Map<string, Intl.NumberFormat>();
function numbers(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = JSON.stringify(options);
  let format = cache.get(key);
  if (!format) cache.set(key, (format = new Intl.NumberFormat(locale, options)));
  return format;
}

export const formatCount = (n: number) => numbers({ maximumFractionDigits: 0 }).format(n);

export type Format = (value: number) => string;

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86400;

const DURATIONS: { upTo: number; seconds: number; unit: string }[] = [
  { upTo: 2 * MINUTE, seconds: 1, unit: 'second' },
  { upTo: 2 * HOUR, seconds: MINUTE, unit: 'minute' },
  { upTo: 72 * HOUR, seconds: HOUR, unit: 'hour' },
  { upTo: Infinity, seconds: DAY, unit: 'day' },
];

/** Decimals that the interval's width bears: two digits of the uncertain part. */
export function decimalsFor(width: number | null, most: number): number {
  if (width === null || !(width > 0)) return most;
  return Math.max(0, Math.min(most, 1 - Math.floor(Math.log10(width))));
}

/** One way of writing for a number and its interval: same unit, same decimals. */
export function formatOf(unit: Unit, size: number, width: number | null = null): Format {
  if (unit === 'share') {
    const digits = decimalsFor(width === null ? null : width * 100, 1);
    const format = numbers({
      style: 'percent',
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    });
    return (value) => format.format(value);
  }
  if (unit === 'seconds') {
    const scale = DURATIONS.find((d) => Math.abs(size) < d.upTo) ?? DURATIONS.at(-1)!;
    // A single measured time has no width: three digits of it are enough.
    const digits =
      width === null ? (size / scale.seconds < 10 ? 1 : 0) : decimalsFor(width / scale.seconds, 1);
    const format = numbers({
      style: 'unit',
      unit: scale.unit,
      unitDisplay: 'short',
      minimumFractionDigits: width === null ? 0 : digits,
      maximumFractionDigits: digits,
    });
    return (value) => format.format(value / scale.seconds);
  }
  if (unit === 'count') {
    // Means of counts are not shown yet, so a count is whole.
    return formatCount;
  }
  const digits = decimalsFor(width, 1);
  const format = numbers({ minimumFractionDigits: digits, maximumFractionDigits: digits });
  return (value) => format.format(value);
}

/** How wide an interval is; null: it is open, or there is none. */
export const widthOf = (ci: Bounds | null): number | null =>
  ci && ci.low !== null && ci.high !== null ? ci.high - ci.low : null;

/** Of an open interval the half that is known counts twice. */
function shownWidth({ ci, value }: Num): number | null {
  const end = ci?.low ?? ci?.high;
  return widthOf(ci) ?? (end == null || value === null ? null : 2 * Math.abs(value - end));
}

export const formatFor = (num: Num): Format =>
  formatOf(num.unit, num.value ?? num.ci?.low ?? 0, shownWidth(num));

/** For an axis: no more decimals than the tick needs. */
export function axisFormat(unit: Unit, size: number): Format {
  if (unit === 'share') return formatOf('share', size, 0.1);
  const scale = DURATIONS.find((d) => size < d.upTo) ?? DURATIONS.at(-1)!;
  const options: Intl.NumberFormatOptions = { maximumFractionDigits: 1 };
  if (unit !== 'seconds') return (value) => numbers(options).format(value);
  const format = numbers({ ...options, style: 'unit', unit: scale.unit, unitDisplay: 'short' });
  return (value) => format.format(value / scale.seconds);
}

/** "41–62 min": durations name their unit once. */
export function formatDurations(low: number, high: number, size: number): string {
  const scale = DURATIONS.find((d) => Math.abs(size) < d.upTo) ?? DURATIONS.at(-1)!;
  const digits = decimalsFor((high - low) / scale.seconds, 1);
  return numbers({
    style: 'unit',
    unit: scale.unit,
    unitDisplay: 'short',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).formatRange(low / scale.seconds, high / scale.seconds);
}

/** An amount of change: shares and scores change by points, and the word for it is the caller's. */
export function formatAmount(unit: Unit, size: number, width: number | null): Format {
  if (unit !== 'share') return formatOf(unit, size, width);
  const inner = formatOf('score', size * 100, width === null ? null : width * 100);
  return (value) => inner(value * 100);
}

// ---- times

const dates = new Map<string, Intl.DateTimeFormat>();
function dateFormat(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale} ${zone} ${JSON.stringify(options)}`;
  let format = dates.get(key);
  if (!format) {
    dates.set(key, (format = new Intl.DateTimeFormat(locale, { timeZone: zone, ...options })));
  }
  return format;
}

export const formatTime = (iso: string, zone: string) =>
  dateFormat(zone, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(iso));

export const formatDay = (iso: string, zone: string) =>
  dateFormat(zone, { dateStyle: 'medium' }).format(new Date(iso));

/** "1 – 28 Nov 2026"; `to` is not part of the range. */
export function formatRange(from: string, to: string, zone: string): string {
  const last = new Date(Math.max(Date.parse(from), Date.parse(to) - 1));
  return dateFormat(zone, { day: 'numeric', month: 'short', year: 'numeric' }).formatRange(
    new Date(from),
    last,
  );
}

const BUCKETS: Record<string, Intl.DateTimeFormatOptions> = {
  '15m': { hour: 'numeric', minute: '2-digit' },
  '30m': { hour: 'numeric', minute: '2-digit' },
  '1h': { hour: 'numeric', minute: '2-digit' },
  '1d': { day: 'numeric', month: 'short' },
  '1w': { day: 'numeric', month: 'short' },
  '1mo': { month: 'short', year: 'numeric' },
  '1q': { month: 'short', year: 'numeric' },
  '1y': { year: 'numeric' },
};

/** Short, for an axis. */
export const formatBucket = (start: string, interval: string, zone: string) =>
  dateFormat(zone, BUCKETS[interval] ?? BUCKETS['1d']!).format(new Date(start));

/** In full, for a reading. */
export function formatBucketFull(start: string, interval: string, zone: string): string {
  const isTime = interval.endsWith('m') || interval === '1h';
  const options: Intl.DateTimeFormatOptions =
    interval === '1mo' || interval === '1q'
      ? { month: 'long', year: 'numeric' }
      : interval === '1y'
        ? { year: 'numeric' }
        : { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' };
  if (isTime) Object.assign(options, { hour: 'numeric', minute: '2-digit' });
  return dateFormat(zone, options).format(new Date(start));
}

const AGO: [number, Intl.RelativeTimeFormatUnit][] = [
  [60, 'second'],
  [60, 'minute'],
  [24, 'hour'],
  [30, 'day'],
  [12, 'month'],
  [Infinity, 'year'],
];

export function formatAgo(iso: string, now = Date.now()): string {
  let amount = (Date.parse(iso) - now) / 1000;
  for (const [size, unit] of AGO) {
    if (Math.abs(amount) < size) {
      return new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' }).format(
        Math.round(amount),
        unit,
      );
    }
    amount /= size;
  }
  return iso;
}

export function formatBytes(bytes: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'];
  let i = 0;
  let size = bytes;
  while (size >= 1000 && i < units.length - 1) {
    size /= 1000;
    i++;
  }
  return numbers({
    style: 'unit',
    unit: units[i]!,
    unitDisplay: 'short',
    maximumFractionDigits: i ? 1 : 0,
  }).format(size);
}
