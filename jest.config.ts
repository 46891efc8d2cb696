import { readdirSync } from 'node:fs';
import type { Config } from 'jest';

type DecoratorOptions =
  | { decoratorVersion: '2022-03' }
  | { legacyDecorator: true; decoratorMetadata: true; useDefineForClassFields: false };

function swc(decorators: DecoratorOptions): [string, Record<string, unknown>] {
  return [
    '@swc/jest',
    {
      jsc: {
        target: 'es2022',
        parser: { syntax: 'typescript', decorators: true, explicitResourceManagement: true },
        transform: decorators,
      },
      module: { type: 'es6' },
      sourceMaps: 'inline',
    },
  ];
}

/** OTEL_LINE=2 runs the packages' tests on the oldest OpenTelemetry line that is supported, in place of the newest. */
const onOldLine = process.env['OTEL_LINE'] === '2';

/** Without the exporter whose text `naming: 'official'` is compared with, which is that of the newest line. */
const oldLine = readdirSync(new URL('test/otel-2/node_modules/@opentelemetry', import.meta.url)).filter(
  (name) => name !== 'exporter-prometheus',
);

const config: Config = {
  testMatch: onOldLine
    ? ['<rootDir>/packages/{metrics,timing,memory-pool,node}/test/**/*.test.ts']
    : ['<rootDir>/{packages,examples}/*/test/**/*.test.ts', '<rootDir>/test/e2e/**/*.test.ts'],
  moduleNameMapper: onOldLine
    ? { [`^@opentelemetry/(${oldLine.join('|')})$`]: '<rootDir>/test/otel-2/node_modules/@opentelemetry/$1' }
    : {},
  testEnvironment: 'node',
  // Packages import each other's sources, so that a test never runs against a stale build.
  testEnvironmentOptions: { customExportConditions: ['@otel-perf/source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.legacy\\.(test|fixture)\\.ts$': swc({ legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false }),
    '\\.ts$': swc({ decoratorVersion: '2022-03' }),
  },
  restoreMocks: true,
};

export default config;
