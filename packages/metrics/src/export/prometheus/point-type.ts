import type { DataPointType } from '@opentelemetry/sdk-metrics';

/** The SDK's enumeration, for who writes text without the SDK: a thread that only serves would load it for these four numbers. */
export const POINT_TYPE: { readonly [Name in keyof typeof DataPointType]: (typeof DataPointType)[Name] } = {
  HISTOGRAM: 0,
  EXPONENTIAL_HISTOGRAM: 1,
  GAUGE: 2,
  SUM: 3,
};
