// The map of a table as `rapport import --map` and the API take it. Pure.
import {
  ATTRIBUTE,
  CHOICES,
  guessFields,
  guessTimeFormat,
  otherWords,
  type Preview,
} from './csv.ts';

export interface ImportMap {
  separator: string;
  timeFormat: string;
  /** Column to field; '' leaves it out, ATTRIBUTE keeps it under its own name. */
  columns: Record<string, string>;
  /** What every row is, where no column says it. */
  constants: Record<Constant, string>;
  /** Field, text in the file, word of ours; '' leaves the field empty. */
  words: Record<string, Record<string, string>>;
}

export type Constant = 'channel' | 'kind' | 'direction';
export const CONSTANTS: Constant[] = ['channel', 'kind', 'direction'];

export const emptyMap = (): ImportMap => ({
  separator: ',',
  timeFormat: '',
  columns: {},
  constants: { channel: '', kind: 'message', direction: 'in' },
  words: {},
});

/** A first guess, for a person to correct. */
export function guessMap(preview: Preview): ImportMap {
  const fields = guessFields(preview.header);
  const columns = Object.fromEntries(preview.header.map((name, i) => [name, fields[i] ?? '']));
  const map = { ...emptyMap(), separator: preview.separator, columns };
  joinClock(preview, columns);
  map.timeFormat = guessTimeFormat(timeSamples(preview, map));
  for (const { field, texts } of wordsToTell(preview, map)) {
    map.words[field] = Object.fromEntries(texts.map((text) => [text, guessWord(field, text)]));
  }
  return map;
}

/** Where the date has no time of day, the first free column that looks like one belongs to it. */
function joinClock(preview: Preview, columns: Record<string, string>): void {
  const isAll = (i: number, pattern: RegExp) =>
    preview.rows.length > 0 && preview.rows.every((row) => pattern.test(row[i] ?? ''));
  const date = preview.header.findIndex((name) => columns[name] === 'at');
  if (date < 0 || !isAll(date, /^[^:]+$/)) return;
  const clock = preview.header.find(
    (name, i) => !columns[name] && isAll(i, /^\d{1,2}:\d{2}(:\d{2})?$/),
  );
  if (clock) columns[clock] = 'at';
}

const SYNONYMS: Record<string, [RegExp, string][]> = {
  outcome: [
    [/abandon|hang|lost|missed/i, 'abandoned'],
    [/transfer/i, 'transferred'],
    [/call.?back/i, 'callback'],
    [/bot|ivr|vru/i, 'bot'],
    [/answer|agent|served|handled|connected/i, 'answered'],
  ],
  direction: [
    [/^in/i, 'in'],
    [/^out/i, 'out'],
  ],
  kind: [
    [/call|phone/i, 'call'],
    [/mail|chat|sms|message/i, 'message'],
    [/review/i, 'review'],
    [/order|purchase/i, 'purchase'],
  ],
};

const guessWord = (field: string, text: string) =>
  SYNONYMS[field]?.find(([pattern]) => pattern.test(text))?.[1] ?? '';

/** The times of the file as the import will see them: several columns are joined by a space. */
export function timeSamples(preview: Preview, map: ImportMap): string[] {
  const places = preview.header.flatMap((name, i) => (map.columns[name] === 'at' ? [i] : []));
  return preview.rows.slice(0, 100).map((row) => places.map((i) => row[i] ?? '').join(' '));
}

export interface Words {
  field: string;
  texts: string[];
}

/** The columns whose texts must be told in our words. */
export function wordsToTell(preview: Preview, map: ImportMap): Words[] {
  return preview.header.flatMap((name, i) => {
    const field = map.columns[name] ?? '';
    const texts = otherWords(preview.rows, i, field);
    return texts.length ? [{ field, texts }] : [];
  });
}

interface FieldMap {
  value?: string;
  column?: string;
  columns?: string[];
  values?: Record<string, string>;
  else?: 'none';
}

export function mapJson(map: ImportMap): string {
  const fields: Record<string, FieldMap> = {};
  for (const [name, field] of Object.entries(map.columns)) {
    if (!field) continue;
    const key = field === ATTRIBUTE ? ATTRIBUTE + attributeName(name) : field;
    const before = fields[key];
    if (before) {
      before.columns = [...(before.columns ?? [before.column!]), name];
      delete before.column;
    } else fields[key] = { column: name };
    const words = Object.entries(map.words[field] ?? {}).filter(([, word]) => word);
    if (CHOICES[field] && words.length) {
      Object.assign(fields[key]!, { values: Object.fromEntries(words), else: 'none' });
    }
  }
  for (const name of CONSTANTS) {
    if (!fields[name] && map.constants[name]) fields[name] = { value: map.constants[name] };
  }
  const json: Record<string, unknown> = { format: 'csv' };
  if (map.separator !== ',') json.separator = map.separator;
  if (map.timeFormat) json.time_format = map.timeFormat;
  return JSON.stringify({ ...json, fields }, null, 2);
}

const attributeName = (column: string) =>
  column
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '_')
    .replace(/^_+|_+$/g, '') || 'column';

/** What is still needed before it can be sent. */
export function missingOf(map: ImportMap): ('at' | 'channel')[] {
  const used = Object.values(map.columns);
  const missing: ('at' | 'channel')[] = [];
  if (!used.includes('at')) missing.push('at');
  if (!used.includes('channel') && !map.constants.channel.trim()) missing.push('channel');
  return missing;
}
