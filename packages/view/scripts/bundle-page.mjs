// Bundles what the page runs, and what it looks like, to dist/page/client.js and client.css.
import { join } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');

await build({
  absWorkingDir: root,
  entryPoints: ['src/page/client/client.ts', 'src/page/client/client.css'],
  entryNames: '[name]',
  outdir: 'dist/page',
  bundle: true,
  minify: true,
  format: 'iife',
  platform: 'browser',
  target: ['chrome123', 'firefox131', 'safari18.4'],
  charset: 'ascii',
  legalComments: 'none',
  tsconfig: 'tsconfig.page.json',
  // Of metrics the page takes pure functions alone: what they stand beside is left out, with what that imports.
  conditions: ['@otel-perf/source'],
  external: ['node:*', '@opentelemetry/*'],
  logLevel: 'warning',
});
