// A time zone by name, with the browser's list as suggestions; the server knows what is valid.
import { useId } from 'react';

const zones = Intl.supportedValuesOf('timeZone');
const LIST = zones.includes('UTC') ? zones : ['UTC', ...zones];

interface ZoneProps {
  label: string;
  value: string;
  onChange: (zone: string) => void;
  hint?: string;
  fault?: string | undefined;
}

export function ZoneField({ label, value, onChange, hint, fault }: ZoneProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        className="input"
        dir="ltr"
        list={`${id}-list`}
        value={value}
        aria-describedby={`${id}-hint`}
        aria-invalid={fault ? true : undefined}
        onChange={(event) => onChange(event.target.value)}
      />
      <datalist id={`${id}-list`}>
        {LIST.map((zone) => (
          <option key={zone} value={zone} />
        ))}
      </datalist>
      <p id={`${id}-hint`} className={fault ? 'field-fault' : 'field-hint'}>
        {fault ?? hint}
      </p>
    </div>
  );
}
