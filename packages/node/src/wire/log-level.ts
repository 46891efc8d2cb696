import { diag, DiagConsoleLogger, DiagLogLevel } from '@opentelemetry/api';
import type { Environment } from '../options/environment.ts';

/** Has OpenTelemetry tell the console what OTEL_LOG_LEVEL asks for, as NodeSDK does where there is one. */
export function logAsAsked(environment: Environment): void {
  const name = environment.text('OTEL_LOG_LEVEL')?.toUpperCase() as keyof typeof DiagLogLevel | undefined;
  const logLevel: unknown = name && DiagLogLevel[name];
  if (typeof logLevel === 'number') diag.setLogger(new DiagConsoleLogger(), { logLevel, suppressOverrideMessage: true });
}
