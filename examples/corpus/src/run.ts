import pLimit from 'p-limit';
import { getMetricsCollector } from '@otel-perf/metrics';
import { trackResourceUsage } from '@otel-perf/timing';
import type { CorpusOptions } from './options.ts';
import { CorpusPipeline, type FileResult } from './pipeline.ts';
import { showProgress } from './progress.ts';
import { findFiles, reasonOf, type FoundFile, type Problem } from './walk.ts';

export interface CorpusResult {
  readonly files: number;
  readonly bytes: number;
  readonly compressedBytes: number;
  readonly tokens: number;
  readonly problems: readonly Problem[];
}

/** Processes every file; what cannot be processed is a problem of that file alone. */
export const runCorpus: (options: Pick<CorpusOptions, 'directories' | 'concurrency'>) => Promise<CorpusResult> = trackResourceUsage(
  'corpus_run',
)(async function runCorpus({ directories, concurrency }: Pick<CorpusOptions, 'directories' | 'concurrency'>): Promise<CorpusResult> {
  const problems: Problem[] = [];
  const report = (problem: Problem) => void problems.push(problem);
  const files = (await Promise.all(directories.map((directory) => filesBelow(directory, report)))).flat();
  const pipeline = new CorpusPipeline();
  const progress = showProgress(files.length);
  const limit = pLimit(concurrency);
  const results = await Promise.all(
    files.map(({ path }) =>
      limit(async () => {
        const result = await processOne(pipeline, path, report);
        progress.step();
        return result;
      }),
    ),
  );
  progress.stop();
  return { ...sum(results.filter((result) => result !== undefined)), problems };
});

/** Having nothing to do is a problem too, unless another one explains it. */
async function filesBelow(directory: string, report: (problem: Problem) => void): Promise<FoundFile[]> {
  let explained = false;
  const files = await findFiles(directory, (problem) => {
    explained = true;
    report(problem);
  });
  if (files.length === 0 && !explained) report({ path: directory, message: 'there is no file below this directory' });
  return files;
}

async function processOne(pipeline: CorpusPipeline, path: string, report: (problem: Problem) => void): Promise<FileResult | undefined> {
  const collector = getMetricsCollector();
  try {
    const result = await pipeline.process(path);
    if (result === undefined) report({ path, message: 'the file is empty' });
    collector.recordCounter('corpus_files', 1, 'corpus', { outcome: result === undefined ? 'empty' : 'done' });
    return result;
  } catch (error) {
    report({ path, message: reasonOf(error as NodeJS.ErrnoException, 'file') });
    collector.recordCounter('corpus_files', 1, 'corpus', { outcome: 'failed' });
    return undefined;
  }
}

function sum(results: readonly FileResult[]): Omit<CorpusResult, 'problems'> {
  const total = (value: (result: FileResult) => number) => results.reduce((all, result) => all + value(result), 0);
  return {
    files: results.length,
    bytes: total(({ bytes }) => bytes),
    compressedBytes: total(({ compressedBytes }) => compressedBytes),
    tokens: total(({ tokens }) => tokens ?? 0),
  };
}
