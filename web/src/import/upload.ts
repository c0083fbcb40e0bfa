// Sends a file as it is; XMLHttpRequest, for fetch does not tell how much has gone out.
import { csrfHeaders, Problem, problemOf } from '../api.ts';
import { apiPath } from '../base.ts';
import type { Import } from '../types.ts';

export interface Upload {
  done: Promise<Import>;
  cancel: () => void;
}

export function upload(
  file: File,
  query: URLSearchParams,
  onSent: (share: number) => void,
): Upload {
  const request = new XMLHttpRequest();
  const done = new Promise<Import>((resolve, reject) => {
    request.open('POST', apiPath(`/imports?${query.toString()}`));
    request.setRequestHeader('Content-Type', 'application/octet-stream');
    request.setRequestHeader('Accept', 'application/json');
    for (const [name, value] of Object.entries(csrfHeaders()))
      request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) onSent(event.loaded / event.total);
    };
    request.onload = () => {
      if (request.status < 300) resolve(JSON.parse(request.responseText) as Import);
      else
        reject(
          problemOf(request.status, request.responseText, request.getResponseHeader('Retry-After')),
        );
    };
    request.onerror = () => reject(new Problem(0, {}));
    request.onabort = () => reject(new DOMException('', 'AbortError'));
    request.send(file);
  });
  return { done, cancel: () => request.abort() };
}

/** JSON in the address, as the route takes it. */
export function base64url(text: string): string {
  const bytes = new TextEncoder().encode(text);
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

const HEAD_BYTES = 64 * 1024;

/** The beginning of a file as text, also of a gzip file. */
export async function readHead(file: File): Promise<string> {
  const magic = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  const isGzip = magic[0] === 0x1f && magic[1] === 0x8b;
  const source = isGzip
    ? file.stream().pipeThrough(new DecompressionStream('gzip'))
    : file.slice(0, HEAD_BYTES).stream();
  const reader = (source as ReadableStream<Uint8Array<ArrayBuffer>>)
    .pipeThrough(new TextDecoderStream())
    .getReader();
  let text = '';
  while (text.length < HEAD_BYTES) {
    const { done, value } = await reader.read();
    if (done) break;
    text += value;
  }
  void reader.cancel();
  return text;
}
