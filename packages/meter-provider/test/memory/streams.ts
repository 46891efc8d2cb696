import { ValueType } from '@opentelemetry/api';
import { InstrumentType } from '@opentelemetry/sdk-metrics';
import type { StreamDescriptor } from '../../src/model/stream.ts';

export function counter(name: string, rest: Partial<StreamDescriptor> = {}): StreamDescriptor {
  return {
    scope: { name: 'test' },
    name,
    description: '',
    unit: '',
    type: InstrumentType.COUNTER,
    valueType: ValueType.DOUBLE,
    aggregation: { kind: 'sum' },
    ...rest,
  };
}
