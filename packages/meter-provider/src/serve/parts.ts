/** What serves the text, for the telemetry worker of `@otel-perf/node`. Not for others: may change in any version. */
export { ArenaText, type ArenaTextParts } from './arena-text.ts';
export { wholeText, type ChunkedText } from './shared-text.ts';
export { createTextHandler, type TextSource } from './text-handler.ts';
