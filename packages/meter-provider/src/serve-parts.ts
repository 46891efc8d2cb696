/**
 * What serves the text, for the telemetry worker of `@otel-perf/node`, which must not take the memory of what it has no use for: without
 * providers, readers and OpenTelemetry's SDK. Not for others: may change in any version.
 */
export { Arena } from './memory/arena.ts';
export { Observation } from './read/observation.ts';
export { ArenaText, type ArenaTextParts } from './serve/arena-text.ts';
export { wholeText, type ChunkedText } from './serve/shared-text.ts';
export { createTextHandler, type TextSource } from './serve/text-handler.ts';
