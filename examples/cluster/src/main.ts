import cluster from 'node:cluster';

// The primary handles no requests: otel-perf is the workers' business alone.
if (cluster.isPrimary) await import('./primary.ts');
else await import('./worker.ts');
