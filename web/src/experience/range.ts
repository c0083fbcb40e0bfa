// Time ranges as the address and the API write them: now-27d/d to now, or two dates. At the end of a
// range /d means the end of that day. Pure.

export type PeriodId = 'today' | '7d' | '28d' | 'month' | 'year';
type CalendarUnit = 'd' | 'M' | 'y';

export interface Range {
  from: string;
  to: string;
}

const PERIODS: Record<PeriodId, { unit: CalendarUnit; length: number }> = {
  today: { unit: 'd', length: 1 },
  '7d': { unit: 'd', length: 7 },
  '28d': { unit: 'd', length: 28 },
  month: { unit: 'M', length: 1 },
  year: { unit: 'y', length: 1 },
};

export const ALL: Range = { from: 'all', to: 'now' };
export const STANDARD_PERIOD: PeriodId = '28d';

const startOf = (unit: CalendarUnit, back: number) =>
  back === 0 ? `now/${unit}` : `now-${back}${unit}/${unit}`;

/** `shift` periods ago; 0 is the one that is not over yet. */
export function periodRange(id: PeriodId, shift = 0): Range {
  const { unit, length } = PERIODS[id];
  return {
    from: startOf(unit, length * (shift + 1) - 1),
    to: shift === 0 ? 'now' : startOf(unit, length * shift),
  };
}

const EXPRESSION = /^now(?:-(\d+)([dMy]))?\/([dMy])$/;

/** Which period a range is, and how many ago; null: another one. */
export function periodOf({ from, to }: Range): { id: PeriodId; shift: number } | null {
  const begin = EXPRESSION.exec(from);
  if (!begin) return null;
  const back = Number(begin[1] ?? 0);
  const end = EXPRESSION.exec(to);
  if (!end && to !== 'now') return null;
  const length = end ? back - Number(end[1] ?? 0) + 1 : back + 1;
  const found = (Object.keys(PERIODS) as PeriodId[]).find(
    (id) => PERIODS[id].unit === begin[3] && PERIODS[id].length === length,
  );
  if (!found) return null;
  const shift = (back + 1) / length - 1;
  const same = periodRange(found, shift);
  return same.from === from && same.to === to ? { id: found, shift } : null;
}

const DATE = /^\d{4}-\d{2}-\d{2}$/;
export const isDate = (text: string) => DATE.test(text) && !Number.isNaN(Date.parse(text));

/** Two dates, the last one included; null: an expression. */
export const isDates = ({ from, to }: Range) => isDate(from) && isDate(to);

export function addDays(date: string, days: number): string {
  const time = new Date(`${date}T00:00:00Z`);
  time.setUTCDate(time.getUTCDate() + days);
  return time.toISOString().slice(0, 10);
}

const DAY_MS = 86_400_000;
const daysBetween = (from: string, to: string) =>
  Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS) + 1;

/** The one before (-1) or after (+1); null: there is none. */
export function moveRange(range: Range, by: -1 | 1): Range | null {
  const period = periodOf(range);
  if (period)
    return by > 0 && period.shift === 0 ? null : periodRange(period.id, period.shift - by);
  if (!isDates(range)) return null;
  const days = daysBetween(range.from, range.to) * by;
  return { from: addDays(range.from, days), to: addDays(range.to, days) };
}

const UNIT_DAYS: Record<CalendarUnit, number> = { d: 1, M: 31, y: 366 };

/** Where there are data: all time is from `first` to `last`, or to now if that is not over. */
export interface Extent {
  first: string | null;
  last: string | null;
}

/** About how many days. */
export function rangeDays(range: Range, extent: Extent, now: number): number {
  if (isDates(range)) return daysBetween(range.from, range.to);
  const period = periodOf(range);
  if (period) return PERIODS[period.id].length * UNIT_DAYS[PERIODS[period.id].unit];
  if (range.from === 'all') {
    const end = Math.min(now, Date.parse(extent.last ?? '') || now);
    return extent.first ? Math.max(1, (end - Date.parse(extent.first)) / DAY_MS) : 1;
  }
  const days = (Date.parse(range.to) - Date.parse(range.from)) / DAY_MS;
  return days > 0 ? days : 28;
}

export type Interval = '15m' | '30m' | '1h' | '1d' | '1w' | '1mo' | '1q' | '1y';

const INTERVALS: { upTo: number; list: Interval[]; standard: Interval }[] = [
  { upTo: 2, list: ['15m', '30m', '1h'], standard: '1h' },
  { upTo: 8, list: ['1h', '1d'], standard: '1d' },
  { upTo: 70, list: ['1d', '1w'], standard: '1d' },
  { upTo: 200, list: ['1d', '1w', '1mo'], standard: '1w' },
  { upTo: 1200, list: ['1w', '1mo', '1q'], standard: '1mo' },
  { upTo: Infinity, list: ['1mo', '1q', '1y'], standard: '1q' },
];

export const intervalsFor = (days: number) => INTERVALS.find((row) => days <= row.upTo)!;

/** The instant at which a date begins in a zone. */
export function startOfDate(date: string, zone: string): string {
  const utc = Date.parse(`${date}T00:00:00Z`);
  // Twice, for the offset may change between the guess and the answer.
  const first = utc - offsetMs(utc, zone);
  return new Date(utc - offsetMs(first, zone)).toISOString().replace('.000Z', 'Z');
}

function offsetMs(at: number, zone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(at);
  const part = (type: string) => Number(parts.find((p) => p.type === type)!.value);
  const local = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
  );
  return local - at;
}

/** As POST /query takes it; null while it is not known where "all" begins. */
export function rangeForApi(range: Range, zone: string, extent: Extent, now: number): Range | null {
  if (range.from === 'all') {
    const isOver = extent.last !== null && Date.parse(extent.last) < now;
    return extent.first ? { from: extent.first, to: isOver ? extent.last! : 'now' } : null;
  }
  if (!isDates(range)) return range;
  return {
    from: startOfDate(range.from, zone),
    to: startOfDate(addDays(range.to, 1), zone),
  };
}
