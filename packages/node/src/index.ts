import { watchEarlyMeters } from './doctor/early-meters.ts';

export { getOtelPerf, startOtelPerf, type OtelPerf } from './start.ts';
export { createPerformanceReader, type PerformanceReader } from './serve/create-reader.ts';
export type { OtelPerfOptions, ReaderOptions } from './options/options.ts';
export type { EndpointTlsOptions, PrometheusEndpointOptions } from './serve/endpoint-options.ts';
export type { OffThreadOptions } from './off-thread/off-thread-options.ts';
export type { FlushOnExitOptions } from './lifecycle/flush-on-exit.ts';
export type { Problem, ProblemCode } from './problems.ts';
export { doctor, formatDiagnosis, type Diagnosis } from './doctor/doctor.ts';
export type { Finding } from './doctor/finding.ts';

// What is taken before this cannot be known.
watchEarlyMeters();
