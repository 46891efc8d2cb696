import type { MeterProvider } from '@opentelemetry/api';
import type { Clock } from '../model/clock.ts';
import type { History } from '../window/history.ts';
import type { Instruments } from './instruments.ts';
import type { Losses } from './losses.ts';

/** What all series of a collector share. Fields are plain, since every record reads them. */
export interface Recorder {
  enabled: boolean;
  readonly clock: Clock;
  /** Absent while the history is switched off. */
  history: History | undefined;
  /** Whether a record needs the time at all. */
  timed: boolean;
  readonly provider: () => MeterProvider;
  readonly instruments: Instruments;
  readonly losses: Losses;
}
