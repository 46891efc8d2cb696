import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { findCgroups } from './cgroup.ts';
import { CpuQuotaSensor } from './cpu-quota.ts';
import { EventLoopSensor } from './event-loop.ts';
import { FrequencySensor } from './frequency.ts';
import { IdleSensor } from './idle.ts';
import { MemorySensor } from './memory.ts';
import { PowerSensor } from './power.ts';
import { PressureSensor } from './pressure.ts';
import type { ConditionsReading, SensorName, SensorStatus } from './reading.ts';
import { TemperatureSensor } from './temperature.ts';

export interface ConditionsOptions {
  /** Below which folder /proc and /sys lie. Default `/`. Of another folder only its files are read, apart from what this process itself uses. */
  readonly root?: string;
}

/** What the optimizer asks for conditions. */
export interface ConditionsSource extends Disposable {
  /** What it was like since it was read before. */
  read(): ConditionsReading;
  describe(): Readonly<Record<SensorName, SensorStatus>>;
}

/**
 * Reads the conditions that a process runs under from the real sensors of the machine. Linux has most of them, below /proc and /sys; other
 * systems what Node itself tells. A sensor that is absent reads `undefined`, and `describe` says why. Which sensors there are is found out
 * once; files stay open until it is closed, and a timer of the event loop's delay runs as long.
 */
export class Conditions implements ConditionsSource {
  readonly #sensors: ReturnType<typeof openSensors>;
  #switches: number | undefined;
  #at: number;

  /** @throws TypeError for a `root` that is no text. */
  constructor({ root = '/' }: ConditionsOptions = {}) {
    if (typeof root !== 'string') throw new TypeError(`root must be a path, not ${String(root)}`);
    this.#sensors = openSensors(root);
    this.#switches = involuntarySwitches();
    this.#at = performance.now();
  }

  /** Takes some 100 µs. After `close`, what needs a file is `undefined`. */
  read(): ConditionsReading {
    const now = performance.now();
    const seconds = (now - this.#at) / 1000;
    this.#at = now;
    const { quota, idle, pressure, memory, eventLoop, temperature, power, frequency } = this.#sensors;
    const effectiveCpus = Math.min(availableParallelism(), quota.quota() ?? Infinity);
    const idleCpus = idle.read();
    return {
      seconds,
      effectiveCpus,
      idleCpus: idleCpus === undefined ? undefined : Math.min(idleCpus, effectiveCpus),
      cpuPressure: pressure.cpu.read(seconds),
      memoryPressure: pressure.memory.read(seconds),
      ioPressure: pressure.io.read(seconds),
      throttling: quota.read(),
      memory: memory.read(),
      eventLoop: eventLoop.read(),
      involuntarySwitchesPerSecond: this.#switchesPer(seconds),
      temperatureCelsius: temperature.read(),
      power: power.read(seconds),
      frequencyHertz: frequency.read(),
    };
  }

  /** Where each sensor reads, or why it is absent. */
  describe(): Readonly<Record<SensorName, SensorStatus>> {
    const { quota, idle, pressure, memory, temperature, power, frequency } = this.#sensors;
    return {
      effectiveCpus: 'source' in quota.status ? quota.status : { source: 'os.availableParallelism()' },
      idleCpus: idle.status,
      cpuPressure: pressure.cpu.status,
      memoryPressure: pressure.memory.status,
      ioPressure: pressure.io.status,
      throttling: quota.status,
      memory: memory.status,
      eventLoop: { source: 'perf_hooks' },
      involuntarySwitchesPerSecond:
        this.#switches === undefined ? { reason: 'this system does not count them' } : { source: 'process.resourceUsage()' },
      temperatureCelsius: temperature.status,
      power: power.status,
      frequencyHertz: frequency.status,
    };
  }

  /** Ends the timer and closes the files; again to no effect. */
  close(): void {
    const { pressure, ...sensors } = this.#sensors;
    for (const sensor of [...Object.values(sensors), ...Object.values(pressure)]) sensor[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #switchesPer(seconds: number): number | undefined {
    const before = this.#switches;
    this.#switches = involuntarySwitches();
    return before === undefined || this.#switches === undefined || seconds <= 0 ? undefined : (this.#switches - before) / seconds;
  }
}

function openSensors(root: string) {
  const cgroups = findCgroups(root);
  const pressure = (kind: string) => {
    const own = cgroups.unified[0];
    return new PressureSensor([...(own === undefined ? [] : [join(own, `${kind}.pressure`)]), join(root, 'proc/pressure', kind)]);
  };
  return {
    quota: new CpuQuotaSensor(cgroups),
    idle: new IdleSensor(root),
    pressure: { cpu: pressure('cpu'), memory: pressure('memory'), io: pressure('io') },
    memory: new MemorySensor(root, cgroups),
    eventLoop: new EventLoopSensor(),
    temperature: new TemperatureSensor(root),
    power: new PowerSensor(root),
    frequency: new FrequencySensor(root),
  };
}

/** Windows doesn't count them, and Node then says 0. */
function involuntarySwitches(): number | undefined {
  return process.platform === 'win32' ? undefined : process.resourceUsage().involuntaryContextSwitches;
}
