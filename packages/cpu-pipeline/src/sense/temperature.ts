import { join } from 'node:path';
import { namesIn, textOf } from './folder.ts';
import { openIfThere, type KeptFile } from './kept-file.ts';
import type { SensorStatus } from './reading.ts';

const ZONES = 'sys/class/thermal';
const CHIPS = 'sys/class/hwmon';
/** Zones and chips that measure a processor; a battery's or a radio's says nothing about it. */
const PROCESSOR_ZONE = /cpu|x86_pkg_temp|soc|package|core/i;
const PROCESSOR_CHIP = /^(coretemp|k10temp|zenpower|cpu_thermal|soc_thermal)$/;

/** The hottest sensor of the processor, of the thermal zones, otherwise of the hardware monitor chips. Linux. */
export class TemperatureSensor implements Disposable {
  readonly status: SensorStatus;
  readonly #files: readonly KeptFile[];

  constructor(root: string) {
    const zones = zoneFiles(join(root, ZONES));
    this.#files = zones.length > 0 ? zones : chipFiles(join(root, CHIPS));
    const [first] = this.#files;
    this.status = first === undefined ? { reason: `no processor sensor in ${ZONES} or ${CHIPS}` } : { source: first.path };
  }

  /** Degrees Celsius; files tell thousandths. One below 0 is a sensor that is switched off. */
  read(): number | undefined {
    const degrees = this.#files.map((file) => (file.number() ?? -1) / 1000).filter((value) => value >= 0);
    return degrees.length === 0 ? undefined : Math.max(...degrees);
  }

  [Symbol.dispose](): void {
    for (const file of this.#files) file[Symbol.dispose]();
  }
}

function zoneFiles(folder: string): KeptFile[] {
  return namesIn(folder, /^thermal_zone\d+$/)
    .filter((zone) => PROCESSOR_ZONE.test(textOf(join(folder, zone, 'type'))))
    .map((zone) => openIfThere(join(folder, zone, 'temp')))
    .filter((file) => file !== undefined);
}

function chipFiles(folder: string): KeptFile[] {
  return namesIn(folder, /^hwmon\d+$/)
    .filter((chip) => PROCESSOR_CHIP.test(textOf(join(folder, chip, 'name'))))
    .flatMap((chip) => namesIn(join(folder, chip), /^temp\d+_input$/).map((name) => openIfThere(join(folder, chip, name))))
    .filter((file) => file !== undefined);
}
