// The first rows of a delimited file, to let a person say which column is what. Pure. The import
// itself is the server's.

export interface Preview {
  separator: string;
  header: string[];
  rows: string[][];
}

const ROWS_MAX = 500;

const SEPARATORS = [',', ';', '\t', '|'];

/** Rows of `text`; an unfinished last row is left out unless it is all there is. */
export function parseRows(text: string, separator: string, limit: number): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let field = '';
  let isQuoted = false;
  const endField = () => {
    row.push(field);
    field = '';
  };
  for (let i = 0; i < text.length && rows.length < limit; i++) {
    const c = text[i]!;
    if (isQuoted) {
      if (c !== '"') field += c;
      else if (text[i + 1] === '"') {
        field += '"';
        i++;
      } else isQuoted = false;
    } else if (c === '"' && field === '') isQuoted = true;
    else if (c === separator) endField();
    else if (c === '\n') {
      endField();
      rows.push(row.map((value) => value.replace(/\r$/, '')));
      row = [];
    } else field += c;
  }
  if (!rows.length && (field || row.length)) {
    endField();
    rows.push(row);
  }
  return rows;
}

/** The separator with which most rows have as many fields as the first. */
function guessSeparator(text: string): string {
  const score = (separator: string) => {
    const rows = parseRows(text, separator, 10);
    const width = rows[0]?.length ?? 0;
    return width < 2 ? 0 : width * rows.filter((row) => row.length === width).length;
  };
  return SEPARATORS.reduce((best, d) => (score(d) > score(best) ? d : best), ',');
}

export function preview(text: string): Preview {
  const clean = text.replace(/^\uFEFF/, '');
  const separator = guessSeparator(clean);
  const [header = [], ...rest] = parseRows(clean, separator, ROWS_MAX);
  return { separator, header, rows: rest };
}

export const FIELDS = [
  'external_id',
  'at',
  'kind',
  'direction',
  'channel',
  'touchpoint',
  'customer.external_id',
  'customer.email',
  'customer.phone',
  'customer.name',
  'customer.cookie',
  'conversation',
  'agent',
  'team',
  'text',
  'wait_seconds',
  'handle_seconds',
  'outcome',
  'answers.nps',
  'answers.csat',
  'answers.ces',
] as const;
export type FieldId = (typeof FIELDS)[number];
export const ATTRIBUTE = 'attributes.';

const HINTS: [RegExp, FieldId][] = [
  [/^(nps|nps_score)$/, 'answers.nps'],
  [/^(csat|satisfaction)/, 'answers.csat'],
  [/^(ces|effort)/, 'answers.ces'],
  [/e-?mail/, 'customer.email'],
  [/phone|mobile|telephone/, 'customer.phone'],
  [/^(customer|client|caller|contact|user)_?(id)?$/, 'customer.external_id'],
  [/^(customer|client|caller|contact)_?name$/, 'customer.name'],
  [/^(at|time|date|datetime|timestamp|created_at|created)$/, 'at'],
  [/^(conversation|case|ticket|incident)_?(id|number)?$/, 'conversation'],
  [/^(id|external_id|interaction_id|message_id|call_id)$/, 'external_id'],
  [/^channel/, 'channel'],
  [/^(agent|server|assignee|assigned_to)/, 'agent'],
  [/^(team|group|queue|department)/, 'team'],
  [/^(text|message|body|comment|review)/, 'text'],
  [/(^|_)wait|q_time|queue_time/, 'wait_seconds'],
  [/handle|service_time|ser_time|duration|talk/, 'handle_seconds'],
  [/outcome|result|disposition/, 'outcome'],
];

/** A first guess at what a column is; each field at most once. */
export function guessFields(header: string[]): string[] {
  const taken = new Set<string>();
  return header.map((name) => {
    const plain = name
      .trim()
      .toLowerCase()
      .replace(/[\s.-]+/g, '_');
    const field = HINTS.find(([pattern, id]) => pattern.test(plain) && !taken.has(id))?.[1];
    if (field) taken.add(field);
    return field ?? '';
  });
}

/** The words that these fields must have. */
export const CHOICES: Partial<Record<string, readonly string[]>> = {
  kind: ['message', 'call', 'visit', 'purchase', 'review', 'answer', 'event', 'note'],
  direction: ['in', 'out', 'internal'],
  outcome: ['answered', 'abandoned', 'transferred', 'callback', 'bot'],
};

const VALUES_MAX = 30;

/** What stands in a column, each text once, where some of it is none of the words. */
export function otherWords(rows: string[][], column: number, field: string): string[] {
  const words = CHOICES[field];
  if (!words) return [];
  const texts = [...new Set(rows.map((row) => row[column] ?? '').filter((text) => text))];
  return texts.every((text) => words.includes(text)) ? [] : texts.slice(0, VALUES_MAX);
}

const TIME =
  '(?:[ T](?<hour>\\d{1,2}):(?<minute>\\d{2})(?::(?<second>\\d{2}))?(?<half> ?[AP]M)?)?$';
const DATES: [RegExp, string[]][] = [
  [new RegExp(`^\\d{4}-\\d{2}-\\d{2}${TIME}`, 'i'), ['%Y-%m-%d']],
  [new RegExp(`^\\d{4}/\\d{1,2}/\\d{1,2}${TIME}`, 'i'), ['%Y/%m/%d']],
  [
    new RegExp(`^(?<first>\\d{1,2})/(?<other>\\d{1,2})/\\d{4}${TIME}`, 'i'),
    ['%d/%m/%Y', '%m/%d/%Y'],
  ],
  [
    new RegExp(`^(?<first>\\d{1,2})-(?<other>\\d{1,2})-\\d{4}${TIME}`, 'i'),
    ['%d-%m-%Y', '%m-%d-%Y'],
  ],
  [new RegExp(`^\\d{1,2}\\.\\d{1,2}\\.\\d{4}${TIME}`, 'i'), ['%d.%m.%Y']],
  [new RegExp(`^\\d{8}${TIME}`, 'i'), ['%Y%m%d']],
  [new RegExp(`^\\d{6}${TIME}`, 'i'), ['%y%m%d']],
];

/** A strptime format that fits all samples; '' if they are RFC 3339 or nothing known fits. */
export function guessTimeFormat(samples: string[]): string {
  const texts = samples.map((text) => text.trim()).filter((text) => text);
  if (texts.length && texts.every((text) => /^\d{9,10}$/.test(text))) return '%s';
  for (const [pattern, [first, second]] of DATES) {
    const found = texts.map((text) => pattern.exec(text)?.groups ?? null);
    if (!texts.length || found.some((groups, i) => !groups && !pattern.test(texts[i]!))) continue;
    // The day is where a number above 12 stands; both ways fit: day first, as most of the world.
    const isMonthFirst = second !== undefined && found.some((g) => Number(g?.other) > 12);
    const date = isMonthFirst ? second : first!;
    const one = found.find((g) => g?.hour);
    if (!one) return date;
    const clock = one.half ? '%I:%M' : '%H:%M';
    const seconds = one.second ? ':%S' : '';
    const half = one.half ? (one.half.startsWith(' ') ? ' %p' : '%p') : '';
    return `${date} ${clock}${seconds}${half}`;
  }
  return '';
}
