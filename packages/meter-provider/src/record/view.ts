import { AggregationType, type AggregationOption, type IAttributesProcessor, type ViewOptions } from '@opentelemetry/sdk-metrics';
import type { Scope } from '../model/stream.ts';
import { checkAggregation } from './aggregation.ts';
import type { InstrumentDescriptor } from './instrument-descriptor.ts';

/** Selects instruments, and says what becomes of their values. */
export class View {
  readonly aggregation: AggregationOption;
  readonly processors: readonly IAttributesProcessor[];
  readonly cardinalityLimit: number | undefined;
  readonly #options: ViewOptions;
  readonly #name: RegExp;

  /** @throws Error as the SDK's does: for options that select nothing, or rename what may be several instruments. */
  constructor(options: ViewOptions) {
    check(options);
    this.#options = options;
    this.#name = pattern(options.instrumentName ?? '*');
    this.aggregation = checkAggregation(options.aggregation ?? { type: AggregationType.DEFAULT });
    this.processors = options.attributesProcessors ?? [];
    this.cardinalityLimit = options.aggregationCardinalityLimit;
  }

  /** A meter without a schema URL is selected by any. */
  selects(instrument: InstrumentDescriptor, scope: Scope): boolean {
    const { instrumentType, instrumentUnit, meterName, meterVersion, meterSchemaUrl } = this.#options;
    return (
      isAsked(instrumentType, instrument.type) &&
      this.#name.test(instrument.name) &&
      isAsked(instrumentUnit, instrument.unit) &&
      isAsked(meterName, scope.name) &&
      isAsked(meterVersion, scope.version) &&
      (scope.schemaUrl === undefined || isAsked(meterSchemaUrl, scope.schemaUrl))
    );
  }

  /** The instrument as the stream has it. */
  describe(instrument: InstrumentDescriptor): InstrumentDescriptor {
    const { name, description } = this.#options;
    return { ...instrument, name: name ?? instrument.name, description: description ?? instrument.description };
  }
}

function isAsked<T>(wanted: T | undefined, actual: T): boolean {
  return wanted === undefined || wanted === actual;
}

function check(options: ViewOptions): void {
  const { instrumentName, instrumentType, instrumentUnit, meterName, meterVersion, meterSchemaUrl } = options;
  const criteria = [instrumentName, instrumentType, instrumentUnit, meterName, meterVersion, meterSchemaUrl];
  if (criteria.every((criterion) => criterion === undefined || criterion === null))
    throw new Error('Cannot create view with no selector arguments supplied');
  if (options.name !== undefined && (instrumentName === undefined || /[*?]/.test(instrumentName)))
    throw new Error(
      'Views with a specified name must be declared with an instrument selector that selects at most one instrument per meter.',
    );
}

/** `*` stands for any characters, `?` for one. */
function pattern(wildcard: string): RegExp {
  const escaped = wildcard.replaceAll(/[\^$\\.+()[\]{}|]/g, String.raw`\$&`);
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's');
}
