// What a chart draws, from the buckets of an answer. Pure.
import type { Bucket, Num, Unit } from '../types.ts';

export const FEW = 30;

/** Counts have their own size as n, so few is no weakness there. */
export const isFew = (num: Num) => num.unit !== 'count' && num.value !== null && num.n < FEW;

// Above this many times the largest value a band is cut off, else it would flatten the line.
const BAND_TIMES = 3;

export type Column = (number | null)[];

/** Rows for uPlot: index, whole buckets, the lines to and from cut ones, low and high. */
export function columns(buckets: Bucket[]): [number[], Column, Column, Column, Column] {
  const value = (b: Bucket | undefined) => b?.number.value ?? null;
  const isCut = (i: number) => buckets[i]?.number.complete === false;
  // An open end is drawn out of the picture.
  const beyond = 2 * Math.max(1, ...buckets.map((b) => Math.abs(value(b) ?? 0))) * BAND_TIMES;
  return [
    buckets.map((_, i) => i),
    buckets.map((b, i) => (isCut(i) ? null : value(b))),
    // A dashed line needs both its ends, so the neighbours of a cut bucket are in it too.
    buckets.map((b, i) => (isCut(i - 1) || isCut(i) || isCut(i + 1) ? value(b) : null)),
    buckets.map(({ number: n }) => (n.value === null || !n.ci ? null : (n.ci.low ?? -beyond))),
    buckets.map(({ number: n }) => (n.value === null || !n.ci ? null : (n.ci.high ?? beyond))),
  ];
}

/** Points to be drawn: few observations, and those without a neighbour to draw a line to. */
export function pointsToDraw(buckets: Bucket[], data: Column): number[] {
  return buckets.flatMap((bucket, i) => {
    if (data[i] == null) return [];
    const isAlone = data[i - 1] == null && data[i + 1] == null;
    return isAlone || isFew(bucket.number) || buckets.length <= 31 ? [i] : [];
  });
}

const ROOM = 0.06;

/** Amounts begin at 0; shares and scores where their bands do. */
export function valueRange(buckets: Bucket[], unit: Unit): [number, number] {
  const numbers = buckets.flatMap(({ number: n }) =>
    n.value === null
      ? []
      : [{ value: n.value, low: n.ci?.low ?? n.value, high: n.ci?.high ?? n.value }],
  );
  if (!numbers.length) return [0, 1];
  const low = Math.min(...numbers.map((n) => n.low));
  const high = Math.max(...numbers.map((n) => n.high));
  if (unit === 'count' || unit === 'seconds') {
    const most = Math.max(...numbers.map((n) => n.value)) * BAND_TIMES;
    return [0, (Math.min(high, most) || 1) * (1 + ROOM)];
  }
  const room = (high - low || Math.abs(high) || 1) * ROOM;
  const [least, most] = unit === 'share' ? [0, 1] : [-Infinity, Infinity];
  return [Math.max(least, low - room), Math.min(most, high + room)];
}
