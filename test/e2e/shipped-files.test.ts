import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { describeWithServers } from './servers/available.ts';
import { withoutOtelVariables } from './servers/collector.ts';
import { run } from './servers/run.ts';

const folder = join(import.meta.dirname, '../../otel-collector');
const filesOf = (name: string) => readdirSync(join(folder, name)).map((file) => `${name}/${file}`);

describeWithServers('the shipped configurations of the Collector', ['collector'], () => {
  test.each(filesOf('config'))('%s is valid', (file) => {
    const outcome = run('collector', ['validate', `--config=${join(folder, file)}`], withoutOtelVariables(process.env));
    expect(outcome).toEqual({ status: 0, output: '' });
  });
});

describeWithServers('the shipped files of Prometheus', ['promtool'], () => {
  test('prometheus.yml and its rules are valid', () => {
    expect(run('promtool', ['check', 'config', '--lint-fatal', join(folder, 'prometheus/prometheus.yml')])).toMatchObject({ status: 0 });
  });

  test.each(filesOf('prometheus/tests'))('%s passes', (file) => {
    expect(run('promtool', ['test', 'rules', join(folder, file)])).toMatchObject({ status: 0 });
  });
});
