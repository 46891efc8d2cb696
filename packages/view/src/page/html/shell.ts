import type { Assets } from './assets.ts';

export interface ShellContent {
  readonly title: string;
  readonly policy: string;
  readonly assets: Assets;
  /** Id and JSON of the block of data, which must not have `<` in it. */
  readonly data: readonly [id: string, json: string];
}

/** The one file. What the page shows is made by its script, from the data, as text. */
export function shell({ title, policy, assets: { scripts, style }, data: [id, json] }: ShellContent): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
<noscript>This page shows its data with JavaScript, which is turned off here.</noscript>
<script type="application/json" id="${id}">${json}</script>
${scripts.map((script) => `<script>${script}</script>`).join('\n')}
</body>
</html>
`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"]/g, (character) => ENTITIES[character]!);
}
