import { describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { Writable } from 'node:stream';
import { exportEventsToJson } from '../../src/export/json.ts';
import { Collecting, Recording } from './recorded.ts';

/** Does something after every chunk but the last ones, and keeps what it was given. */
function between(act: (chunks: number) => void): Writable & { values(): number[] } {
  const chunks: Buffer[] = [];
  const target = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk);
      act(chunks.length);
      setImmediate(done);
    },
  });
  const values = (): number[] => JSON.parse(Buffer.concat(chunks).toString()).map((event: { value: number }) => event.value);
  return Object.assign(target, { values });
}

describe('an export while events are recorded', () => {
  test('writes what was in the history at the call, nothing that came later', async () => {
    const recording = new Recording().recordMany(5000);
    const target = between(() => recording.recordMany(100));
    const exported = exportEventsToJson(recording.events, target);
    recording.recordMany(100);
    expect(await exported).toEqual({ written: 5000, overwritten: 0 });
    expect(target.values()).toEqual(Array.from({ length: 5000 }, (_, i) => i));
  });

  test('leaves out and counts events that are overwritten before their turn', async () => {
    const recording = new Recording(10_000).recordMany(10_000);
    const target = between((chunks) => void (chunks === 2 && recording.recordMany(7000, 'later')));
    const { written, overwritten } = await exportEventsToJson(recording.events, target);
    const values = target.values();
    expect(overwritten).toBeGreaterThan(0);
    expect(written + overwritten).toBe(10_000);
    expect(values).toHaveLength(written);
    expect(values.slice(-3000)).toEqual(Array.from({ length: 3000 }, (_, i) => 7000 + i));
    expect(values.slice(0, -3000)).toEqual(Array.from({ length: written - 3000 }, (_, i) => i));
  });

  test('that fill the whole history anew ends with what it has', async () => {
    const recording = new Recording(10_000).recordMany(10_000);
    const target = between((chunks) => void (chunks === 1 && recording.recordMany(30_000)));
    const { written, overwritten } = await exportEventsToJson(recording.events, target);
    expect(written + overwritten).toBe(10_000);
    expect(target.values()).toEqual(Array.from({ length: written }, (_, i) => i));
  });

  test('counts events that are cleared before their turn', async () => {
    const recording = new Recording().recordMany(10_000);
    const target = between((chunks) => void (chunks === 1 && recording.collector.clearMetrics()));
    const { written, overwritten } = await exportEventsToJson(recording.events, target);
    expect(overwritten).toBeGreaterThan(0);
    expect(written + overwritten).toBe(10_000);
    expect(target.values()).toHaveLength(written);
  });

  test('leaves out what was too old at the call, and writes what became too old after it', async () => {
    const recording = new Recording(10_000, 3000).recordMany(5000);
    const target = between(() => recording.clock.advance(1000));
    expect(await exportEventsToJson(recording.events, target)).toEqual({ written: 3000, overwritten: 0 });
    expect(target.values()[0]).toBe(2000);
  });

  test('goes on when the history is resized', async () => {
    const recording = new Recording().recordMany(5000);
    const target = between(() => recording.collector.configure({ historySize: 10 }));
    expect(await exportEventsToJson(recording.events, target)).toEqual({ written: 5000, overwritten: 0 });
  });

  test('by the filter itself writes no event that was not there at the call', async () => {
    const recording = new Recording(1000).recordMany(1000);
    const target = new Collecting();
    const filter = () => {
      recording.recordMany(3, 'by the filter');
      return true;
    };
    const { written, overwritten } = await exportEventsToJson(recording.events, target, { filter });
    const names: string[] = JSON.parse(target.text).map((event: { name: string }) => event.name);
    expect(new Set(names)).toEqual(new Set(['event']));
    expect(names).toHaveLength(written);
    expect(written + overwritten).toBe(1000);
  });
});

const onLinux = existsSync('/proc/self/clear_refs') ? test : test.skip;

onLinux('exporting 300,000 events takes a small part of the memory that their text would', () => {
  const source = (file: string) => new URL(`../../src/${file}`, import.meta.url).href;
  const script = `
    import { readFileSync, writeFileSync } from 'node:fs';
    const { CentralizedMetricsCollector } = await import('${source('record/collector.ts')}');
    const { exportEventsToJson } = await import('${source('export/json.ts')}');
    const collector = new CentralizedMetricsCollector({ historySize: 300_000 });
    const series = collector.series({ name: 'a_metric_with_an_ordinary_name', source: 'somewhere', tags: { operation: 'x'.repeat(100) } });
    for (let i = 0; i < 300_000; i++) series.record(i / 1000);
    const mebibytes = (field) => Number(new RegExp(field + ':\\\\s+(\\\\d+)').exec(readFileSync('/proc/self/status', 'latin1'))[1]) / 1024;
    gc();
    writeFileSync('/proc/self/clear_refs', '5');
    const before = mebibytes('VmRSS');
    await exportEventsToJson(collector.events, '/dev/null');
    console.log(mebibytes('VmHWM') - before);`;
  const child = spawnSync(process.execPath, ['--no-warnings', '--expose-gc', '--input-type=module', '--eval', script], {
    encoding: 'utf8',
  });
  expect(child.stderr).toBe('');
  expect(Number(child.stdout)).toBeLessThan(20);
});
