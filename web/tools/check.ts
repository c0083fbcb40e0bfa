// npm run check, after the build: what a compiler does not see. Texts in every language, no physical
// directions in the styles, no inline code in the pages, and the budgets.
import { readdirSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { compileMessage } from '@lingui/message-utils/compileMessage';
import { build } from 'vite';

const faults: string[] = [];
const read = (path: string) => readFileSync(path, 'utf8');
const files = (folder: string, ending: RegExp) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => ending.test(name))
    .map((name) => `${folder}/${name}`);

// ---- texts

type Texts = Record<string, string>;

/** Compiled messages are texts, or lists of texts and of [name, kind, choices]. */
function placeholders(message: unknown, names = new Set<string>()): Set<string> {
  if (!Array.isArray(message)) return names;
  for (const part of message) {
    if (!Array.isArray(part)) continue;
    names.add(String(part[0]));
    for (const choice of Object.values((part[2] ?? {}) as object)) placeholders(choice, names);
  }
  return names;
}

const namesIn = (text: string) => [...placeholders(compileMessage(text))].sort().join(', ');

function checkTexts(): void {
  const english = JSON.parse(read('src/messages/en.json')) as Texts;
  for (const file of files('src/messages', /\.json$/)) {
    const texts = JSON.parse(read(file)) as Texts;
    for (const key of Object.keys(english)) {
      if (!texts[key]) faults.push(`${file}: ${key} is missing`);
      else if (namesIn(texts[key]) !== namesIn(english[key]!)) {
        faults.push(`${file}: ${key} has other placeholders than the English text`);
      }
    }
    for (const key of Object.keys(texts))
      if (!english[key]) faults.push(`${file}: ${key} is unknown`);
  }
  checkUse(Object.keys(english));
}

/** A text that nobody shows is a mistake; keys made of parts count by their beginning. */
function checkUse(keys: string[]): void {
  const source = files('src', /(?<!\.test)\.tsx?$/)
    .map(read)
    .join('\n');
  const beginnings = [...source.matchAll(/[`']([a-z_]+\.(?:[a-z_]+[._])*)\$\{/g)].map((m) => m[1]!);
  const kinds = ['channels', 'touchpoints', 'labels'];
  for (const key of keys) {
    const isWhole = source.includes(`'${key}'`);
    const isMade = beginnings.some((b) => key.startsWith(b)) || kinds.includes(key.split('.')[0]!);
    if (!isWhole && !isMade) faults.push(`src/messages: nobody shows ${key}`);
  }
}

// ---- styles and pages

const PHYSICAL =
  /(?:^|[\s{;])((?:margin|padding|border|inset)-(?:left|right|top|bottom)\b|(?:left|right|top|bottom)\s*:|(?:text-align|float)\s*:\s*(?:left|right)|(?:min-|max-)?(?:width|height)\s*:)/;

function checkStyles(): void {
  for (const file of files('src', /\.css$/)) {
    read(file)
      .split('\n')
      .forEach((line, i) => {
        const found = PHYSICAL.exec(line.startsWith('@') || line.startsWith('  @') ? '' : line);
        if (found)
          faults.push(`${file}:${i + 1}: ${found[1]}: use the logical property, for right-to-left`);
      });
  }
}

function checkPages(): void {
  for (const file of files('dist', /\.html$/)) {
    const html = read(file).replace(/<!--.*?-->/gs, '');
    if (/<style|\sstyle=|\son[a-z]+=/.test(html)) faults.push(`${file}: inline style or handler`);
    if (/<script(?![^>]*\ssrc=)/.test(html)) faults.push(`${file}: inline script`);
    if (/(?:src|href)="(?:https?:)?\/\//.test(html))
      faults.push(`${file}: loads from another host`);
  }
}

// ---- budgets, in KiB of brotli

interface Chunk {
  size: number;
  imports: string[];
}

const chunks = new Map<string, Chunk>(); // by file name
const entries = new Map<string, string>(); // source to file name
const styles = new Map<string, number>();
const sizeOf = (code: string | Uint8Array) => brotliCompressSync(code).length / 1024;

async function measure(): Promise<void> {
  const result = await build({ logLevel: 'error', build: { write: false } });
  for (const part of (result as { output: Output[] }).output) {
    if (part.type === 'asset') {
      if (part.fileName.endsWith('.css')) styles.set(part.fileName, sizeOf(part.source));
      continue;
    }
    chunks.set(part.fileName, { size: sizeOf(part.code), imports: part.imports });
    if (part.facadeModuleId)
      entries.set(relative(process.cwd(), part.facadeModuleId), part.fileName);
  }
}

type Output =
  | { type: 'asset'; fileName: string; source: string | Uint8Array }
  | {
      type: 'chunk';
      fileName: string;
      code: string;
      imports: string[];
      facadeModuleId: string | null;
    };

/** The chunks that these sources pull in, each once. */
function closure(sources: string[]): Set<string> {
  const seen = new Set<string>();
  const visit = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    chunks.get(file)?.imports.forEach(visit);
  };
  for (const source of sources) {
    const file = entries.get(source);
    if (file) visit(file);
    else faults.push(`${source} is no entry of the build`);
  }
  return seen;
}

function checkBudget(name: string, sources: string[], without: string[], most: number): void {
  const before = closure(without);
  const files = [...closure(sources)].filter((file) => !before.has(file));
  const total = files.reduce((sum, file) => sum + chunks.get(file)!.size, 0);
  console.log(`${name}: ${total.toFixed(1)} KiB of ${most}`);
  if (total > most) faults.push(`${name}: ${total.toFixed(1)} KiB are more than ${most}`);
}

function checkCss(most: number): void {
  const total = [...styles.values()].reduce((sum, one) => sum + one, 0);
  console.log(`all styles: ${total.toFixed(1)} KiB of ${most}`);
  if (total > most) faults.push(`styles: ${total.toFixed(1)} KiB are more than ${most}`);
}

const page = 'index.html';
const app = 'src/app/app.tsx';
const english = 'src/messages/en.json?compiled';

await measure();
checkTexts();
checkStyles();
checkPages();
checkBudget('first load of the application', [page, app, english], [], 250);
checkBudget('first page and sign-in', [page, 'src/door/door.ts', english], [], 30);
checkBudget('import', ['src/import/page.tsx'], [page, app, english], 60);
checkBudget('settings', ['src/settings/page.tsx'], [page, app, english], 60);
checkBudget('API documentation', ['docs/api.html'], [], 30);
checkCss(15);

for (const fault of faults) console.error(fault);
process.exit(faults.length ? 1 : 0);
