import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '..', '..', '..');

/** A `ts` block of a document. */
export interface CodeBlock {
  readonly code: string;
  /** Where to look when it fails: document, line and section. */
  readonly place: string;
  /** The heading of level 2 or 3 above it, without what stands in brackets. */
  readonly section: string;
  /** For the file that it becomes. */
  readonly slug: string;
}

export function codeBlocks(document: string): CodeBlock[] {
  const blocks: CodeBlock[] = [];
  let section = '';
  let code: string[] | undefined;
  let fence = '';
  for (const [i, line] of readFileSync(join(ROOT, document), 'utf8').split('\n').entries()) {
    if (fence === '') {
      section = /^##{1,2} ([^(]+)/.exec(line)?.[1]?.trim() ?? section;
      fence = /^`{3,}/.exec(line)?.[0] ?? '';
      if (fence !== '' && line.slice(fence.length).trim() === 'ts') code = [];
    } else if (line === fence) {
      fence = '';
      if (code === undefined) continue;
      const slug = `${document.replace(/\W/g, '-').toLowerCase()}-${blocks.length + 1}`;
      blocks.push({ code: `${code.join('\n')}\n`, place: `${document}, lines ${i - code.length + 1}-${i} (${section})`, section, slug });
      code = undefined;
    } else {
      code?.push(line);
    }
  }
  return blocks;
}
