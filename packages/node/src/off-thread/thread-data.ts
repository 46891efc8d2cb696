/** Under which worker threads of the service find the attributes of the process's resource, where metrics are collected off-thread. */
export const RESOURCE_DATA = '@otel-perf/node.resource';
