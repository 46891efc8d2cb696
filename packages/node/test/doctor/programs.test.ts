import { describe, expect, test } from '@jest/globals';
import { command, fixture, printed, problems } from './run.ts';

const doctor = ['doctor', '--json', '--after', '60'];

function levels(ended: Awaited<ReturnType<typeof command>>, code: string): string[] {
  const found = printed(ended).findings.filter((finding) => finding.code === code);
  return found.map(({ level, where }) => `${level} ${where}`);
}

describe('the command looks into', () => {
  test.concurrent('worker threads, of which those that record need a provider', async () => {
    const [records, idle] = await Promise.all(
      ['records', 'idle'].map((second) => command([...doctor, 'node', fixture('threads.mjs'), second])),
    );
    expect([records!.code, levels(records!, 'no-provider')]).toEqual([1, ['hint main', 'problem thread 2']]);
    expect([idle!.code, levels(idle!, 'no-provider')]).toEqual([0, ['hint main, thread 2']]);
    expect(levels(idle!, 'provider-set')).toEqual(['fine thread 1']);
  });

  test.concurrent('the workers of a cluster, and ends them', async () => {
    const ended = await command([...doctor, 'node', fixture('cluster.mjs')]);
    expect(levels(ended, 'no-provider')).toEqual(['hint main']);
    expect(levels(ended, 'provider-set')).toEqual(['fine worker 1, worker 2']);
    expect([levels(ended, 'exporter-none'), ended.code]).toEqual([['hint main', 'hint worker 1', 'problem worker 2'], 1]);
  });

  test.concurrent('the program that a launcher runs', async () => {
    const ended = await command([...doctor, 'node', fixture('npm-cli.mjs'), fixture('started.mjs')]);
    expect([problems(printed(ended)), ended.code]).toEqual([['exporter-none'], 1]);
  });

  test.concurrent('one that preloads otel-perf', async () => {
    const args = ['--import', '@otel-perf/node/register', fixture('program.mjs'), 'ends'];
    const ended = await command([...doctor, 'node', ...args], { OTEL_METRICS_EXPORTER: 'prometheus', OTEL_EXPORTER_PROMETHEUS_PORT: '0' });
    expect([printed(ended).healthy, ended.code]).toEqual([true, 0]);
  });
});
