import { startOtelPerf } from '@otel-perf/node';

// Before the modules of the service are loaded, so that instrumentations find them unloaded: hence the import that is a call.
const { prometheusUrl } = await startOtelPerf({ serviceName: 'hashes' });
const { startApp } = await import('./app.ts');

const url = await startApp(Number(process.env['PORT'] ?? 3000));
console.log(`Listening on ${url}, metrics at ${prometheusUrl ?? 'nowhere'}`);
