// The one openapi.json, joined from those of the folders: each describes its own routes.
import { existsSync, readFileSync, readdirSync } from 'node:fs';

export const API_FRAME = 'src/http/openapi.json'; // the other folders add paths and components

// Read below `root`, the folder of the source.
export function joinApi(root = '.') {
  const whole = JSON.parse(readFileSync(`${root}/${API_FRAME}`, 'utf8'));
  const add = (into, more, file) => {
    for (const [name, value] of Object.entries(more ?? {})) {
      if (name in into) throw new Error(`${file}: ${name} stands in another openapi.json already`);
      into[name] = value;
    }
  };
  for (const folder of readdirSync(`${root}/src`).sort()) {
    const file = `src/${folder}/openapi.json`;
    if (file === API_FRAME || !existsSync(`${root}/${file}`)) continue;
    const part = JSON.parse(readFileSync(`${root}/${file}`, 'utf8'));
    for (const [path, methods] of Object.entries(part.paths ?? {})) {
      add((whole.paths[path] ??= {}), methods, file);
    }
    for (const [kind, items] of Object.entries(part.components ?? {})) {
      add((whole.components[kind] ??= {}), items, file);
    }
  }
  return whole;
}
