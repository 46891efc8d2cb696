import { join } from 'node:path';
import { startOtelPerf } from '@otel-perf/node';
import { compressFolder } from './job.ts';
import { readOptions } from './options.ts';

const options = readOptions(process.argv.slice(2));
await startOtelPerf({
  // Nobody scrapes a process that is gone before the next scrape: it pushes what it has when it ends.
  prometheus: false,
  flushOnExit: true,
  // For the ends that leave no time to push: process.exit, an uncaught error.
  exitSnapshot: join(options.to, 'report.txt'),
});

const { done, failed } = await compressFolder(options);
console.log(`Compressed ${done} of ${done + failed} files.`);
// Not process.exit: the job ends of itself, and nothing is lost.
if (failed > 0) process.exitCode = 3;
