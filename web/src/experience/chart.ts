// The trend as a picture: one line with its 95 % band. Gaps stay gaps, the unfinished bucket is
// dashed, few observations are hollow.
import 'uplot/dist/uPlot.min.css';
import uPlot from 'uplot';
import { axisFormat } from '../format.ts';
import type { Bucket, Unit } from '../types.ts';
import { type Column, columns, isFew, pointsToDraw, valueRange } from './series.ts';

export interface ChartInput {
  buckets: Bucket[];
  label: (bucket: Bucket) => string;
  unit: Unit;
  onPoint: (index: number | null) => void;
  onOpen: (index: number) => void;
}

interface Colours {
  line: string;
  text: string;
  grid: string;
  canvas: string;
}

const BAND_OPACITY = 0.18;
const HEIGHT = 280;
const POINT = 7;
const LABEL_WIDTH = 76;

/** Tokens are light-dark() pairs; a canvas needs the colour that they are now. */
function readColours(host: HTMLElement): Colours {
  const probe = document.createElement('span');
  host.append(probe);
  const read = (token: string) => {
    probe.style.color = `var(${token})`;
    return getComputedStyle(probe).color;
  };
  const colours = {
    line: read('--series-1'),
    text: read('--text-muted'),
    grid: read('--line'),
    canvas: read('--canvas'),
  };
  probe.remove();
  return colours;
}

export function drawChart(host: HTMLElement, input: ChartInput): uPlot {
  const { buckets, unit } = input;
  const [bottom, top] = valueRange(buckets, unit);
  const format = axisFormat(unit, top);
  const colours = readColours(host);
  const data = columns(buckets);
  const everyNth = (space: number) =>
    Math.max(1, Math.ceil((buckets.length * LABEL_WIDTH) / space));

  const chart = new uPlot(
    {
      width: Math.max(200, host.clientWidth),
      height: HEIGHT,
      padding: [12, 12, 0, 0],
      legend: { show: false },
      cursor: {
        y: false,
        drag: { x: false, y: false },
        points: {
          size: (_, side) => (side <= 2 ? POINT + 3 : 0), // none on the ends of the band
          fill: colours.line,
          stroke: colours.canvas,
          width: 2,
        },
      },
      scales: {
        x: { time: false, range: [-0.5, Math.max(0.5, buckets.length - 0.5)] },
        y: { range: [bottom, top] },
      },
      axes: [
        {
          stroke: colours.text,
          font: '12px system-ui, sans-serif',
          size: 32,
          grid: { show: false },
          ticks: { stroke: colours.grid, width: 1, size: 4 },
          splits: (u) => {
            const step = everyNth(u.width - 80);
            return buckets.flatMap((_, i) => (i % step === 0 ? [i] : []));
          },
          values: (_, splits) => splits.map((i) => (buckets[i] ? input.label(buckets[i]) : '')),
        },
        {
          stroke: colours.text,
          font: '12px system-ui, sans-serif',
          grid: { stroke: colours.grid, width: 1 },
          ticks: { show: false },
          ...(unit === 'seconds' ? { incrs: TIME_STEPS } : {}),
          values: (_, splits) => splits.map(format),
          size: (u, values) => axisSize(u, values),
        },
      ],
      series: [
        {},
        { stroke: colours.line, width: 2, points: { show: false } },
        { stroke: colours.line, width: 2, dash: [4, 4], points: { show: false } },
        { stroke: 'transparent', width: 0, points: { show: false } },
        { stroke: 'transparent', width: 0, points: { show: false } },
      ],
      bands: [{ series: [4, 3], fill: withOpacity(colours.line, BAND_OPACITY) }],
      hooks: {
        setCursor: [(u) => input.onPoint(u.cursor.idx ?? null)],
        drawSeries: [(u, side) => drawPoints(u, side, buckets, data, colours)],
      },
    },
    data as unknown as uPlot.AlignedData,
    host,
  );
  chart.over.addEventListener('click', () => {
    if (chart.cursor.idx != null) input.onOpen(chart.cursor.idx);
  });
  return chart;
}

/** Solid where there is enough to go by, hollow where few answered. */
function drawPoints(
  u: uPlot,
  side: number,
  buckets: Bucket[],
  data: Column[],
  colours: Colours,
): void {
  if (side !== 1 && side !== 2) return;
  const { ctx } = u;
  const radius = (POINT / 2) * devicePixelRatio;
  ctx.save();
  ctx.fillStyle = colours.line;
  ctx.strokeStyle = colours.line;
  ctx.lineWidth = 1.5 * devicePixelRatio;
  for (const i of pointsToDraw(buckets, data[side]!)) {
    // A point that only starts the dashed line belongs to the solid one.
    if (side === 2 && data[1]![i] != null) continue;
    const isHollow = isFew(buckets[i]!.number);
    ctx.beginPath();
    ctx.arc(
      u.valToPos(i, 'x', true),
      u.valToPos(data[side]![i]!, 'y', true),
      radius,
      0,
      2 * Math.PI,
    );
    ctx.fillStyle = isHollow ? colours.canvas : colours.line;
    ctx.fill();
    ctx.stroke();
  }
  ctx.restore();
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const TIME_STEPS = [
  ...[1, 2, 5, 10, 15, 30],
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 4, 6, 12].map((n) => n * HOUR),
  ...[1, 2, 5, 7, 14, 30, 60, 90, 180, 365, 730].map((n) => n * DAY),
];

function axisSize(u: uPlot, values: string[] | null): number {
  if (!values?.length) return 48;
  u.ctx.font = `${12 * devicePixelRatio}px system-ui, sans-serif`;
  const widest = Math.max(...values.map((v) => u.ctx.measureText(v).width));
  return Math.ceil(widest / devicePixelRatio) + 16;
}

const withOpacity = (colour: string, opacity: number) =>
  colour.replace(/^rgba?\(([^)]+)\)$/, (_, parts: string) => {
    const [r, g, b] = parts.split(/[ ,]+/);
    return `rgba(${r}, ${g}, ${b}, ${opacity})`;
  });
