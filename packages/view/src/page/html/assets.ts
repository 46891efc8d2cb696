import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

/** What a page runs and looks like, as it is written into it. */
export interface Assets {
  /** In the order in which they run. */
  readonly scripts: readonly string[];
  readonly style: string;
}

const require = createRequire(import.meta.url);
let assets: Assets | undefined;

/** @throws Error where the package is not built. */
export function pageAssets(): Assets {
  assets ??= {
    scripts: [readFileSync(require.resolve('uplot/dist/uPlot.iife.min.js'), 'utf8'), built('client.js')],
    style: readFileSync(require.resolve('uplot/dist/uPlot.min.css'), 'utf8') + built('client.css'),
  };
  return assets;
}

/** The same place from `src` and from `dist`. */
function built(name: string): string {
  const path = fileURLToPath(new URL(`../../../dist/page/${name}`, import.meta.url));
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new Error(`${path} is missing: run \`node packages/view/scripts/bundle-page.mjs\`, or build all with \`npm run build\``, {
      cause: error,
    });
  }
}
