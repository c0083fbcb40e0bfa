// The filters as chips, and a way to add one without clicking a row.
import { useState } from 'react';
import { useCommand, useOffer } from '../app/keys.ts';
import { useGet } from '../app/session.ts';
import { t, tMaybe } from '../i18n.ts';
import type { List } from '../types.ts';
import { Button, Field, Select, Sheet, Waiting } from '../ui/basics.tsx';
import { Icon } from '../ui/icons.tsx';
import { type Change, NONE, type State, toggleFilter } from './state.ts';

interface DimensionRow {
  name: string;
  kind: 'rows' | 'numbers' | 'texts';
  is_own: boolean;
}

interface ValueRow {
  value: string;
  label: string | null;
}

export const dimensionName = (dim: string) => tMaybe(`dimension.${dim}`, dim);

/** "(none)" for rows that have no such value; the words of our own enums are translated. */
export function valueName(dim: string, value: string | null, label: string | null): string {
  if (value === null || value === NONE) return t('dimension.none', { dim: dimensionName(dim) });
  return tMaybe(`value.${dim}.${value}`, label ?? value);
}

export function FilterBar({ state, change }: { state: State; change: Change }) {
  const [isAdding, setAdding] = useState(false);
  const active = Object.entries(state.filters).filter(([, values]) => values.length);
  const clear = () => change({ filters: {}, show: null });
  useCommand('clear', active.length ? clear : undefined);
  useOffer([
    {
      id: 'filter.add',
      label: t('filter.add'),
      section: t('menu.analytics'),
      run: () => setAdding(true),
    },
  ]);
  return (
    <div className="filters" role="group" aria-label={t('filter.label')}>
      <Button kind="quiet" icon="filter" onPress={() => setAdding(true)}>
        {t('filter.add')}
      </Button>
      {active.length > 0 && (
        <Button kind="quiet" keyId="clear" onPress={clear}>
          {t('filter.clear')}
        </Button>
      )}
      {active.length > 0 && (
        <div className="chips">
          {active.map(([dim, values]) => (
            <DimensionChips
              key={dim}
              dim={dim}
              values={values}
              onRemove={(value) => change(toggleFilter(state, dim, value))}
            />
          ))}
        </div>
      )}
      {isAdding && <AddFilter state={state} change={change} onClose={() => setAdding(false)} />}
    </div>
  );
}

interface ChipsProps {
  dim: string;
  values: string[];
  onRemove: (value: string) => void;
}

function DimensionChips({ dim, values, onRemove }: ChipsProps) {
  const { data } = useGet<List<ValueRow>>(
    'places',
    `/dimensions/${encodeURIComponent(dim)}/values?limit=200`,
  );
  return values.map((value) => {
    const label = data?.data.find((row) => row.value === value)?.label ?? null;
    const text = valueName(dim, value, label);
    return (
      <span className="chip" key={value}>
        <span className="muted">{dimensionName(dim)}</span> <bdi>{text}</bdi>
        <button
          type="button"
          className="chip-remove"
          aria-label={t('filter.remove', { filter: `${dimensionName(dim)} ${text}` })}
          onClick={() => onRemove(value)}
        >
          <Icon name="close" />
        </button>
      </span>
    );
  });
}

interface AddProps {
  state: State;
  change: Change;
  onClose: () => void;
}

function AddFilter({ state, change, onClose }: AddProps) {
  const dimensions = useGet<List<DimensionRow>>('places', '/dimensions');
  const [dim, setDim] = useState('channel');
  const [text, setText] = useState('');
  const search = text ? `&text=${encodeURIComponent(text)}` : '';
  const values = useGet<List<ValueRow>>(
    'places',
    `/dimensions/${encodeURIComponent(dim)}/values?limit=50${search}`,
  );
  const rows = [...(values.data?.data ?? []), ...(text ? [] : [{ value: NONE, label: null }])];
  const chosen = state.filters[dim] ?? [];
  return (
    <Sheet title={t('filter.add')} isOpen onClose={onClose}>
      <div className="form">
        <Select
          label={t('filter.by')}
          value={dim}
          options={(dimensions.data?.data ?? []).map((d) => ({
            id: d.name,
            label: dimensionName(d.name),
          }))}
          onChange={(id) => {
            setDim(id);
            setText('');
          }}
        />
        <Field label={t('filter.search')} value={text} onChange={setText} />
        {values.data ? (
          <ul className="pick" aria-label={dimensionName(dim)}>
            {rows.map((row) => (
              <li key={row.value}>
                <label>
                  <input
                    type="checkbox"
                    checked={chosen.includes(row.value)}
                    onChange={() => change(toggleFilter(state, dim, row.value))}
                  />
                  <bdi>{valueName(dim, row.value, row.label)}</bdi>
                </label>
              </li>
            ))}
          </ul>
        ) : (
          <Waiting />
        )}
        <div className="form-end">
          <Button kind="primary" onPress={onClose}>
            {t('action.done')}
          </Button>
        </div>
      </div>
    </Sheet>
  );
}
