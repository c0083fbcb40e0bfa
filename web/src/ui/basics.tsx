// The pieces that every screen uses, with the behaviour of react-aria-components.
import { type ReactNode, useEffect, useRef, useState } from 'react';
import {
  Button as AriaButton,
  Dialog,
  FieldError,
  Heading,
  Input,
  Label,
  ListBox,
  ListBoxItem,
  Modal,
  ModalOverlay,
  Popover,
  Select as AriaSelect,
  SelectValue,
  Text,
  TextArea,
  TextField,
  Tooltip,
  TooltipTrigger,
} from 'react-aria-components';
import { type KeyId, keyCaps, keyRow } from '../app/keys.ts';
import { Problem } from '../api.ts';
import { t } from '../i18n.ts';
import { Icon, type IconName } from './icons.tsx';

export function Caps({ keys }: { keys: string }) {
  return (
    <span className="caps" aria-hidden="true">
      {keyCaps(keys).map((cap) => (
        <kbd key={cap}>{cap}</kbd>
      ))}
    </span>
  );
}

interface ButtonProps {
  children?: ReactNode;
  icon?: IconName;
  label?: string; // the name of a button that shows only an icon
  kind?: 'primary' | 'danger' | 'quiet' | 'link';
  keyId?: KeyId;
  onPress?: () => void;
  isDisabled?: boolean;
  isPending?: boolean;
  type?: 'button' | 'submit';
  className?: string;
  slot?: string;
  'aria-expanded'?: boolean;
  'aria-pressed'?: boolean;
  'aria-current'?: 'true';
}

export function Button({ children, icon, label, kind, keyId, className, ...rest }: ButtonProps) {
  const style = kind === 'link' ? 'button-link' : `button${kind ? ` button-${kind}` : ''}`;
  const button = (
    <AriaButton
      {...rest}
      {...(label ? { 'aria-label': label } : {})}
      className={`${style}${label ? ' button-icon' : ''} ${className ?? ''}`}
    >
      {icon && <Icon name={icon} />}
      {children}
    </AriaButton>
  );
  if (!label && !keyId) return button;
  const row = keyId ? keyRow(keyId) : null;
  return (
    <TooltipTrigger delay={400} closeDelay={50}>
      {button}
      <Tooltip className="tooltip" offset={6}>
        {label ?? (row && t(row.label))} {row && <Caps keys={row.keys} />}
      </Tooltip>
    </TooltipTrigger>
  );
}

export interface Option {
  id: string;
  label: string;
}

interface SelectProps {
  label: string;
  value: string;
  options: Option[];
  onChange: (id: string) => void;
  isLabelHidden?: boolean;
  isInline?: boolean; // the label beside the button
}

export function Select({ label, value, options, onChange, isLabelHidden, isInline }: SelectProps) {
  return (
    <AriaSelect
      className={isInline ? 'field-inline' : 'field'}
      value={value}
      onChange={(key) => onChange(String(key))}
      {...(isLabelHidden ? { 'aria-label': label } : {})}
    >
      {!isLabelHidden && <Label className="label">{label}</Label>}
      <AriaButton className="button select">
        <SelectValue className="select-value" />
        <Icon name="down" />
      </AriaButton>
      <Popover className="popover">
        <ListBox className="options" items={options}>
          {(option) => (
            <ListBoxItem id={option.id} textValue={option.label} className="option">
              {option.label}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </AriaSelect>
  );
}

interface FieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  type?: 'text' | 'email' | 'password' | 'date';
  hint?: string;
  fault?: string | undefined;
  isRequired?: boolean;
  autoComplete?: string;
  rows?: number;
  autoFocus?: boolean;
  isDisabled?: boolean;
  name?: string;
}

export function Field(props: FieldProps) {
  const { label, hint, fault, rows, type = 'text', ...rest } = props;
  return (
    <TextField
      {...rest}
      type={type}
      className="field"
      isInvalid={Boolean(fault)}
      validationBehavior="aria"
    >
      <Label>{label}</Label>
      {rows ? (
        <TextArea className="input" rows={rows} dir="auto" />
      ) : (
        <Input className="input" {...(type === 'text' ? { dir: 'auto' as const } : {})} />
      )}
      {hint && (
        <Text slot="description" className="field-hint">
          {hint}
        </Text>
      )}
      <FieldError className="field-fault">{fault}</FieldError>
    </TextField>
  );
}

interface SheetProps {
  title: string;
  isOpen: boolean;
  onClose: () => void;
  children: ReactNode;
  side?: boolean; // a drawer at the end side, else in the middle
  className?: string;
}

/** A dialog: in the middle, or as a drawer. Esc and a click outside close it. */
export function Sheet({ title, isOpen, onClose, children, side, className }: SheetProps) {
  return (
    <ModalOverlay
      className={side ? 'overlay overlay-side' : 'overlay'}
      isOpen={isOpen}
      isDismissable
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
    >
      <Modal className={`${side ? 'drawer' : 'dialog'} ${className ?? ''}`}>
        <Dialog className="sheet">
          <header className="sheet-head">
            <Heading slot="title" level={2}>
              {title}
            </Heading>
            <Button kind="quiet" icon="close" label={t('action.close')} onPress={onClose} />
          </header>
          {children}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

export type Tone = 'ok' | 'warn' | 'danger' | 'info' | 'off';
const SHAPES: Record<Tone, string> = {
  ok: 'M6 1.500a4.500 4.500 0 1 0 0 9 4.500 4.500 0 0 0 0-9',
  warn: 'M6 1.200 11.300 10.700H.700z',
  danger: 'M3.800.800h4.400l3 3v4.400l-3 3H3.800l-3-3V3.800z',
  info: 'M1.500 1.500h9v9h-9z',
  off: 'M6 2.200a3.800 3.800 0 1 0 0 7.600 3.800 3.800 0 0 0 0-7.600',
};

/** Status is never a hue alone: word, shape and fill say it too. */
export function Status({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <span className={`status status-${tone}`}>
      <svg viewBox="0 0 12 12" width="10" height="10" aria-hidden="true">
        <path
          d={SHAPES[tone]}
          fill={tone === 'off' ? 'none' : 'currentColor'}
          stroke="currentColor"
          strokeWidth={tone === 'off' ? 1.6 : 0}
        />
      </svg>
      {children}
    </span>
  );
}

export function Notice({ tone, children }: { tone: Exclude<Tone, 'off'>; children: ReactNode }) {
  return (
    <div className={`notice notice-${tone}`} role={tone === 'danger' ? 'alert' : 'status'}>
      {children}
    </div>
  );
}

export function problemText(error: unknown): string {
  if (!(error instanceof Problem)) return t('error.unexpected');
  if (error.status === 0) return t('error.unreachable');
  if (error.status === 403) return t('error.forbidden');
  if (error.status === 404) return t('error.not_found');
  if (error.status === 412) return t('error.changed');
  const faults = error.faults.map((f) => f.detail).filter((d) => d && !error.message.includes(d));
  return [error.message, ...faults].join(' ');
}

export function Failed({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  return (
    <Notice tone="danger">
      {problemText(error)}{' '}
      {onRetry && (
        <Button kind="link" onPress={onRetry}>
          {t('error.again')}
        </Button>
      )}
    </Notice>
  );
}

export function Copy({ text, label }: { text: string; label?: string }) {
  const [isDone, setDone] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    <Button
      icon={isDone ? 'check' : 'copy'}
      onPress={() => {
        void copyText(text).then((ok) => {
          setDone(ok);
          clearTimeout(timer.current);
          timer.current = setTimeout(() => setDone(false), 2000);
        });
      }}
    >
      <span aria-live="polite">{isDone ? t('action.copied') : (label ?? t('action.copy'))}</span>
    </Button>
  );
}

/** Without TLS there is no clipboard interface; the old command still works there. */
async function copyText(text: string): Promise<boolean> {
  if (navigator.clipboard) {
    return navigator.clipboard.writeText(text).then(
      () => true,
      () => false,
    );
  }
  const area = document.createElement('textarea');
  area.value = text;
  document.body.append(area);
  area.select();
  const ok = document.execCommand('copy');
  area.remove();
  return ok;
}

export function Code({ text, label }: { text: string; label: string }) {
  return (
    <div className="code">
      <pre tabIndex={0} role="region" aria-label={label} dir="ltr">
        <code>{text}</code>
      </pre>
      <Copy text={text} />
    </div>
  );
}

export function Page({
  title,
  children,
  actions,
}: {
  title: string;
  children: ReactNode;
  actions?: ReactNode;
}) {
  useEffect(() => {
    document.title = `${title} · Rapport`;
  }, [title]);
  return (
    <div className="page">
      <div className="page-head">
        <h1>
          <bdi>{title}</bdi>
        </h1>
        {actions}
      </div>
      {children}
    </div>
  );
}

export const Waiting = () => (
  <p className="muted" role="status">
    {t('state.loading')}
  </p>
);
