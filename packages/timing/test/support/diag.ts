import { diag, DiagLogLevel } from '@opentelemetry/api';

/** What goes to OpenTelemetry's `diag` as warnings while `run` runs. */
export async function warnings(run: () => unknown): Promise<string[]> {
  const warned: string[] = [];
  const ignore = (): void => {};
  const logger = { error: ignore, warn: (message: string) => warned.push(message), info: ignore, debug: ignore, verbose: ignore };
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  try {
    await run();
  } finally {
    diag.disable();
  }
  return warned;
}
