// node tools/embed_assets.mjs OUT_DIR: compresses web/dist and the API's description, joined from the
// openapi.json of each folder in src/, into OUT_DIR and writes
// OUT_DIR/assets_table.c, the table of src/http/assets.h, which takes the files in by .incbin.
// Without web/dist the table holds what there is, so the program can be built before the web is.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { API_FRAME, joinApi } from './openapi.mjs';

const out = process.argv[2];
const web = 'web/dist';

const TYPES = {
  css: 'text/css; charset=utf-8',
  html: 'text/html; charset=utf-8',
  ico: 'image/x-icon',
  js: 'text/javascript; charset=utf-8',
  json: 'application/json',
  mjs: 'text/javascript; charset=utf-8',
  png: 'image/png',
  svg: 'image/svg+xml',
  txt: 'text/plain; charset=utf-8',
  webmanifest: 'application/manifest+json',
  woff2: 'font/woff2',
};
const COMPRESSED_ALREADY = new Set(['png', 'woff2']);

function walk(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? walk(path) : [path];
  });
}

function load(file, path, bytes) {
  const extension = path.slice(path.lastIndexOf('.') + 1);
  const type = TYPES[extension];
  if (!type) throw new Error(`${file}: which content type has a .${extension} file?`);
  const plain = bytes ?? readFileSync(file);
  const etag = createHash('sha256').update(plain).digest('hex').slice(0, 32);
  // Vite puts the hash of the content into the names of what it writes to assets/.
  const asset = { path, type, plain, etag, immutable: path.startsWith('/assets/') };
  if (COMPRESSED_ALREADY.has(extension)) return asset;
  const gzip = gzipSync(plain, { level: 9 });
  const brotli = brotliCompressSync(plain, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_SIZE_HINT]: plain.length,
    },
  });
  if (gzip.length < plain.length) asset.gzip = gzip;
  if (brotli.length < plain.length) asset.brotli = brotli;
  return asset;
}

const files = existsSync(web)
  ? walk(web).filter((f) => !f.endsWith('.map')).map((f) => [f, `/${relative(web, f).split(sep).join('/')}`])
  : [];
if (existsSync(API_FRAME)) files.push([API_FRAME, '/openapi.json', Buffer.from(JSON.stringify(joinApi()))]);

const assets = files.map(([file, path, bytes]) => load(file, path, bytes));
assets.sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });

const assembly = [];
const declarations = [];
// Writes the bytes to a file, and says how C names them.
function embed(name, bytes) {
  if (!bytes) return '{ 0 }';
  writeFileSync(join(out, name), bytes);
  assembly.push(`"${name}: .incbin \\"${join(out, name)}\\"\\n" ".byte 0\\n"`);
  declarations.push(`extern const char ${name}[${bytes.length}];`);
  return `{ ${name}, sizeof(${name}) }`;
}
const text = (string) => `{ ${JSON.stringify(string)}, ${Buffer.byteLength(string)} }`;

const rows = assets.map((asset, i) => {
  const plain = embed(`ASSET_${i}_PLAIN`, asset.plain);
  const gzip = embed(`ASSET_${i}_GZIP`, asset.gzip);
  const brotli = embed(`ASSET_${i}_BROTLI`, asset.brotli);
  return `    { ${text(asset.path)}, "${asset.type}", ${plain}, ${gzip}, ${brotli}, ${text(`"${asset.etag}"`)}, ${asset.immutable} },`;
});

// C has no array of nothing, so an empty table still has a row, which is not counted.
writeFileSync(
  join(out, 'assets_table.c'),
  `#include "http/assets.h"

__asm__(".section .rodata\\n"
${assembly.join('\n')}
".text\\n");

${declarations.join('\n')}

const struct asset ASSETS[] = {
${rows.join('\n') || '    { .content_type = "" },'}
};
const size_t ASSETS_COUNT = ${assets.length};
`,
);
const total = (kind) => Math.round(assets.reduce((sum, a) => sum + (a[kind]?.length ?? 0), 0) / 1024);
console.log(`${assets.length} assets: ${total('plain')} KiB, ${total('gzip')} gzip, ${total('brotli')} brotli`);
