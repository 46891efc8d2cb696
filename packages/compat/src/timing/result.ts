import type { TimingResult as IdiomaticResult } from '@otel-perf/timing';

/** How long something took, in seconds; `start_time` and `end_time` are Unix seconds. */
export class TimingResult {
  execution_time: number;
  start_time: number;
  end_time: number;
  operation_name: string;
  metadata: Readonly<Record<string, unknown>>;

  constructor(
    execution_time: number,
    start_time: number,
    end_time: number,
    operation_name: string,
    metadata: Readonly<Record<string, unknown>> = {},
  ) {
    this.execution_time = execution_time;
    this.start_time = start_time;
    this.end_time = end_time;
    this.operation_name = operation_name;
    this.metadata = metadata;
  }
}

export function to_documented({ executionTime, startTime, endTime, operationName, metadata }: IdiomaticResult): TimingResult {
  return new TimingResult(executionTime, startTime, endTime, operationName, metadata);
}
