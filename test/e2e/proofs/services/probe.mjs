// Preloaded beside a service: when told to by SIGUSR2, writes what otel-perf sees of it into the folder PROBE_FOLDER.
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatReport } from '@otel-perf/metrics';
import { getOtelPerf } from '@otel-perf/node';

const file = (name) => join(process.env.PROBE_FOLDER, name);

process.on('SIGUSR2', async () => {
  const { reader } = await getOtelPerf();
  const report = await reader.report();
  writeFileSync(file('snapshot.json'), JSON.stringify(await reader.snapshot()));
  writeFileSync(file('report.json'), JSON.stringify(report));
  writeFileSync(file('report.txt'), formatReport(report));
  await reader.exportToJson(file('export.json'));
  await reader.exportToCsv(file('export.csv'));
  await reader.exportToPrometheus(file('export.prom'));
  writeFileSync(file('done.tmp'), '');
  renameSync(file('done.tmp'), file('done'));
});
