// What the settings pages share: saving, and a form in a dialog.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { FormEvent, ReactNode } from 'react';
import { call, type Problem } from '../api.ts';
import { announce } from '../app/frame.tsx';
import { t } from '../i18n.ts';
import type { Subject } from '../live/refresh.ts';
import { Button, Failed, Sheet } from '../ui/basics.tsx';

export interface Write {
  method: 'POST' | 'PATCH' | 'DELETE';
  path: string;
  body?: unknown;
  version?: number;
}

/** Sends a change, then what is on screen is fetched again. */
export function useWrite<T = unknown>(subject: Subject, onDone?: (result: T) => void) {
  const client = useQueryClient();
  return useMutation<T, Problem, Write>({
    mutationFn: ({ method, path, ...options }) => call<T>(method, path, options),
    onSuccess: async (result) => {
      await client.invalidateQueries({ queryKey: [subject] });
      announce(t('action.saved'));
      onDone?.(result);
    },
  });
}

interface FormSheetProps {
  title: string;
  onClose: () => void;
  onSubmit: () => void;
  error: Problem | null;
  isPending: boolean;
  children: ReactNode;
  submit?: string;
  extra?: ReactNode;
}

export function FormSheet({
  title,
  onClose,
  onSubmit,
  error,
  isPending,
  children,
  submit,
  extra,
}: FormSheetProps) {
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (!isPending) onSubmit();
  };
  return (
    <Sheet title={title} isOpen onClose={onClose}>
      <form className="form" onSubmit={send} noValidate>
        {children}
        {error && <Failed error={error} />}
        <div className="form-end">
          {extra}
          <Button onPress={onClose}>{t('action.cancel')}</Button>
          <Button type="submit" kind="primary" isDisabled={isPending}>
            {submit ?? t('action.save')}
          </Button>
        </div>
      </form>
    </Sheet>
  );
}

interface HeadProps {
  title: string;
  intro: string;
  add?: string;
  onAdd?: () => void;
}

export function SectionHead({ title, intro, add, onAdd }: HeadProps) {
  return (
    <header className="section-head">
      <div>
        <h2>{title}</h2>
        <p className="muted">{intro}</p>
      </div>
      {add && (
        <Button kind="primary" icon="plus" onPress={() => onAdd?.()}>
          {add}
        </Button>
      )}
    </header>
  );
}

interface ChecksProps {
  legend: string;
  options: { id: string; label: string }[];
  chosen: string[];
  onChange: (chosen: string[]) => void;
}

export function Checks({ legend, options, chosen, onChange }: ChecksProps) {
  if (!options.length) return null;
  return (
    <fieldset className="checks">
      <legend>{legend}</legend>
      {options.map(({ id, label }) => (
        <label key={id} className="check">
          <input
            type="checkbox"
            checked={chosen.includes(id)}
            onChange={() =>
              onChange(chosen.includes(id) ? chosen.filter((c) => c !== id) : [...chosen, id])
            }
          />
          <bdi>{label}</bdi>
        </label>
      ))}
    </fieldset>
  );
}
