import { Writable } from 'node:stream';
import { CentralizedMetricsCollector } from '../../src/record/collector.ts';
import type { EventLog } from '../../src/record/event-log.ts';
import { ManualClock } from '../model/manual-clock.ts';

/** A collector whose clock goes on by a millisecond with every event of `recordMany`. */
export class Recording {
  readonly clock = new ManualClock();
  readonly collector: CentralizedMetricsCollector;

  constructor(historySize = 100_000, historyMaxAgeMillis = Infinity) {
    this.collector = new CentralizedMetricsCollector({ clock: this.clock, historySize, historyMaxAgeMillis, windowSize: 0 });
  }

  get events(): EventLog {
    return this.collector.events!;
  }

  /** Events named `event` with the values 0, 1, 2, … */
  recordMany(count: number, name = 'event'): this {
    const series = this.collector.series({ name, source: 'test' });
    for (let i = 0; i < count; i++) {
      series.record(i);
      this.clock.advance(1);
    }
    return this;
  }
}

/** Keeps the very chunks that it was given. */
export class Collecting extends Writable {
  readonly chunks: Buffer[] = [];

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.chunks.push(chunk);
    done();
  }

  get text(): string {
    return Buffer.concat(this.chunks).toString();
  }
}
