import type { OcrPipeline } from '../pipeline/ocr-pipeline.ts';
import { shown } from './files.ts';
import { showProgress } from './progress.ts';

export interface Summary {
  readonly read: number;
  readonly failed: number;
}

/** Prints the text of each file, or why there is none on standard error. Ends early, with what there is, when `signal` is aborted. */
export async function readFiles(ocr: OcrPipeline, files: readonly string[], signal: AbortSignal): Promise<Summary> {
  let [read, failed] = [0, 0];
  const progress = showProgress(files.length);
  try {
    for await (const { index, ...outcome } of ocr.read(files, { signal })) {
      const file = shown(files[index]!);
      progress.step();
      if (outcome.ok) {
        read++;
        progress.around(() => console.log(`── ${file}\n${outcome.value.text}\n`));
      } else {
        failed++;
        progress.around(() => console.error(`${file}: ${(outcome.error as Error).message}`));
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    progress.stop();
  }
  return { read, failed };
}
