import { diag, ValueType, type MetricAdvice, type MetricOptions } from '@opentelemetry/api';
import type { InstrumentType } from '@opentelemetry/sdk-metrics';

/** What an instrument was created as, or what a view makes of it. */
export interface InstrumentDescriptor {
  readonly name: string;
  readonly type: InstrumentType;
  readonly description: string;
  readonly unit: string;
  readonly valueType: ValueType;
  readonly advice: MetricAdvice;
}

const LEGAL_NAME = /^[a-z][a-z0-9_.\-/]{0,254}$/i;

/** Warns of an illegal name, which is taken nevertheless: so does the SDK. */
export function describeInstrument(name: string, type: InstrumentType, options: MetricOptions | undefined): InstrumentDescriptor {
  if (!LEGAL_NAME.test(name))
    diag.warn(`Invalid metric name: "${name}". The metric name should be a ASCII string with a length no greater than 255 characters.`);
  return {
    name,
    type,
    description: options?.description ?? '',
    unit: options?.unit ?? '',
    valueType: options?.valueType ?? ValueType.DOUBLE,
    advice: options?.advice ?? {},
  };
}

/** Whether two instruments of a meter may feed one stream. Names are the same name in any case. */
export function areCompatible(one: InstrumentDescriptor, other: InstrumentDescriptor): boolean {
  return (
    one.name.toLowerCase() === other.name.toLowerCase() &&
    one.unit === other.unit &&
    one.type === other.type &&
    one.valueType === other.valueType
  );
}
