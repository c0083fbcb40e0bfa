import optimizeLocales from '@react-aria/optimize-locales-plugin';
import { defineConfig } from 'vite';
import { messages } from './tools/messages.ts';

// Assets are named from the root, whatever the workspace's prefix: /w/sample/ uses the same files
// as /, and a page deep in the application needs no <base>.
export default defineConfig({
  plugins: [messages(), optimizeLocales.vite({ locales: ['en-US', 'de-DE', 'ar-AE'] })],
  build: {
    target: 'es2022',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rolldownOptions: {
      input: { main: 'index.html', api: 'docs/api.html' },
      onLog: (level, log, report) => {
        // "use client" means something to servers that render; there is none here.
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') report(level, log);
      },
    },
  },
  server: {
    proxy: Object.fromEntries(
      ['/api', '/openapi.json', '/version', '/w/'].map((path) => [
        path,
        { target: process.env.RAPPORT_URL ?? 'http://127.0.0.1:8080', changeOrigin: true },
      ]),
    ),
  },
});
