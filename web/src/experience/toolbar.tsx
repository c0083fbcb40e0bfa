// Range, comparison, interval, with their keys.
import { type ReactNode, useRef, useState } from 'react';
import { useCommand } from '../app/keys.ts';
import { t } from '../i18n.ts';
import { Button, Field, Select, Sheet } from '../ui/basics.tsx';
import {
  addDays,
  ALL,
  type Interval,
  isDate,
  isDates,
  moveRange,
  type PeriodId,
  periodOf,
  periodRange,
  type Range,
} from './range.ts';
import type { Change, State } from './state.ts';

const PERIODS: { id: PeriodId | 'yesterday'; range: Range }[] = [
  { id: 'today', range: periodRange('today') },
  { id: 'yesterday', range: periodRange('today', 1) },
  { id: '7d', range: periodRange('7d') },
  { id: '28d', range: periodRange('28d') },
  { id: 'month', range: periodRange('month') },
  { id: 'year', range: periodRange('year') },
];
const COMPARES: State['compare'][] = ['previous', 'year', 'none'];

interface ToolbarProps {
  state: State;
  change: Change;
  intervals: Interval[];
  interval: Interval;
  children: ReactNode;
}

export function Toolbar({ state, change, intervals, interval, children }: ToolbarProps) {
  const [isCustom, setCustom] = useState(false);
  const setRange = (range: Range) => change({ range, hasRange: true, interval: null, show: null });
  const back = moveRange(state.range, -1);
  const forward = moveRange(state.range, 1);
  const hasBefore = state.range.from !== 'all';
  const next = <T,>(list: readonly T[], item: T) => list[(list.indexOf(item) + 1) % list.length]!;

  useCommand('range.today', () => setRange(PERIODS[0]!.range));
  useCommand('range.yesterday', () => setRange(PERIODS[1]!.range));
  useCommand('range.7d', () => setRange(PERIODS[2]!.range));
  useCommand('range.28d', () => setRange(PERIODS[3]!.range));
  useCommand('range.month', () => setRange(PERIODS[4]!.range));
  useCommand('range.year', () => setRange(PERIODS[5]!.range));
  useCommand('range.all', () => setRange(ALL));
  useCommand('range.custom', () => setCustom(true));
  useCommand('range.back', back ? () => setRange(back) : undefined);
  useCommand('range.forward', forward ? () => setRange(forward) : undefined);
  useCommand(
    'compare',
    hasBefore ? () => change({ compare: next(COMPARES, state.compare) }) : undefined,
  );
  useCommand('interval', () => change({ interval: next(intervals, interval) }));

  const current = currentPeriod(state.range);
  const options = [
    ...PERIODS.map(({ id }) => ({ id: id as string, label: t(`period.${id}`) })),
    { id: 'all', label: t('period.all') },
    ...(current.id === 'other' ? [{ id: 'other', label: current.label }] : []),
    { id: 'custom', label: t('period.custom') },
  ];
  const choose = (id: string) => {
    if (id === 'custom') setCustom(true);
    else if (id === 'all') setRange(ALL);
    else setRange(PERIODS.find((p) => p.id === id)?.range ?? state.range);
  };
  return (
    <div className="toolbar" role="group" aria-label={t('toolbar.label')}>
      <div className="joined">
        <Button
          icon="back"
          label={t('key.back')}
          keyId="range.back"
          isDisabled={!back}
          onPress={() => back && setRange(back)}
        />
        <Select
          label={t('toolbar.range')}
          isLabelHidden
          value={current.id}
          options={options}
          onChange={choose}
        />
        <Button
          icon="forward"
          label={t('key.forward')}
          keyId="range.forward"
          isDisabled={!forward}
          onPress={() => forward && setRange(forward)}
        />
      </div>
      {hasBefore && (
        <Select
          label={t('toolbar.compare')}
          isInline
          value={state.compare}
          options={COMPARES.map((id) => ({ id, label: t(`compare.${id}`) }))}
          onChange={(id) => change({ compare: id as State['compare'] })}
        />
      )}
      <Select
        label={t('toolbar.interval')}
        isInline
        value={interval}
        options={intervals.map((id) => ({ id, label: t(`interval.${id}`) }))}
        onChange={(id) => change({ interval: id as Interval })}
      />
      {children}
      {isCustom && (
        <CustomRange
          range={state.range}
          onClose={() => setCustom(false)}
          onChoose={(range) => {
            setCustom(false);
            setRange(range);
          }}
        />
      )}
    </div>
  );
}

function currentPeriod(range: Range): { id: string; label: string } {
  if (range.from === 'all') return { id: 'all', label: t('period.all') };
  const named = PERIODS.find((p) => p.range.from === range.from && p.range.to === range.to);
  if (named) return { id: named.id, label: t(`period.${named.id}`) };
  const period = periodOf(range);
  if (period) {
    return {
      id: 'other',
      label: t('period.ago', { n: period.shift, period: t(`period.${period.id}`) }),
    };
  }
  if (isDates(range)) return { id: 'other', label: t('period.dates', { ...range }) };
  return { id: 'other', label: `${range.from} – ${range.to}` };
}

interface CustomProps {
  range: Range;
  onClose: () => void;
  onChoose: (range: Range) => void;
}

function CustomRange({ range, onClose, onChoose }: CustomProps) {
  const today = useRef(new Date().toISOString().slice(0, 10)).current;
  const [from, setFrom] = useState(isDates(range) ? range.from : addDays(today, -27));
  const [to, setTo] = useState(isDates(range) ? range.to : today);
  const [fault, setFault] = useState('');
  const submit = () => {
    if (!isDate(from) || !isDate(to)) setFault(t('custom.no_date'));
    else if (from > to) setFault(t('custom.order'));
    else onChoose({ from, to });
  };
  return (
    <Sheet title={t('period.custom')} isOpen onClose={onClose}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Field label={t('custom.from')} type="date" value={from} onChange={setFrom} autoFocus />
        <Field label={t('custom.to')} type="date" value={to} onChange={setTo} fault={fault} />
        <div className="form-end">
          <Button type="submit" kind="primary">
            {t('action.apply')}
          </Button>
        </div>
      </form>
    </Sheet>
  );
}
