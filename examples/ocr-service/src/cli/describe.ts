import type { Decision, Settings } from '@otel-perf/cpu-pipeline';
import type { PoolStats } from '@otel-perf/memory-pool';
import type { Summary } from './read-files.ts';

export function describeSummary({ read, failed }: Summary, files: number): string {
  const left = files - read - failed;
  const parts = [`Read ${read} of ${files} images`];
  if (failed > 0) parts.push(`${failed} could not be read, see above`);
  if (left > 0) parts.push(`${left} were left when it was interrupted`);
  return `${parts.join('; ')}.`;
}

/** Of a pool that is not used any more: blocks that are live are leaks, as well as those whose owners were lost. */
export function describeMemory({ name, size, reserved, blocks, failures, leaks }: PoolStats): string {
  return `Memory pool "${name}": peak ${mebibytes(reserved.peak)} of ${mebibytes(size)}, failures ${failures}, leaks ${blocks.current + leaks}.`;
}

export function describeDecisions(decisions: readonly Decision[]): string {
  if (decisions.length === 0) return 'The optimizer decided nothing: it takes more images to measure.';
  return ['The optimizer decided:', ...decisions.map(describeDecision)].join('\n');
}

function describeDecision({ at, from, to, reason, load }: Decision): string {
  const rate = (load.items / load.seconds).toFixed(2);
  return `  ${new Date(at).toISOString()}  ${describeSettings(from)} -> ${describeSettings(to)}  ${reason}, at ${rate} images/s`;
}

function describeSettings({ workers, threads }: Settings): string {
  return `${workers} x ${threads} threads`;
}

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
