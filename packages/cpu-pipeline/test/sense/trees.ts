import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Texts of files, by their path below the root. */
export type Tree = Readonly<Record<string, string>>;

/** A folder with these files, to be read in place of the root of a machine. */
export class Root implements Disposable {
  readonly path: string = mkdtempSync(join(tmpdir(), 'conditions-'));

  constructor(...trees: readonly Tree[]) {
    for (const tree of trees) for (const [path, text] of Object.entries(tree)) this.write(path, text);
  }

  /** In place, so that who has the file open reads it. */
  write(path: string, text: string): void {
    const file = join(this.path, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

export const pressure = (some: number, full = 0): string =>
  `some avg10=0.42 avg60=0.36 avg300=0.18 total=${some}\nfull avg10=0.34 avg60=0.28 avg300=0.13 total=${full}\n`;

/** Recorded on a virtual machine with two processors. */
export const MACHINE: Tree = {
  'proc/meminfo': 'MemTotal:       24684092 kB\nMemFree:        23609992 kB\nMemAvailable:   18513069 kB\nBuffers:           10684 kB\n',
  'proc/stat':
    'cpu  1843847 20017 339180 2527145 9349 0 3530 1974 0 0\ncpu0 875244 9915 158995 1323629 2020 0 878 1048 0 0\ncpu1 968603 10102 180184 1203516 7329 0 2651 926 0 0\nintr 1 2 3\n',
  'proc/pressure/cpu': pressure(5_408_958_291),
  'proc/pressure/memory': pressure(96_691_976, 62_789_523),
  'proc/pressure/io': pressure(0),
};

const V1_MOUNTS = `22 27 0:21 / /proc rw,relatime - proc proc rw
31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu
35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
`;

/** Version 1 without limits beside version 2 without controllers, recorded on that machine. */
export const V1_UNLIMITED: Tree = {
  'proc/self/cgroup': '9:name=systemd:/\n4:memory:/process_api/676437b8\n1:cpu:/\n0::/\n',
  'proc/self/mountinfo': V1_MOUNTS,
  'sys/fs/cgroup/cpu/cpu.cfs_quota_us': '-1\n',
  'sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n',
  'sys/fs/cgroup/cpu/cpu.stat': 'nr_periods 0\nnr_throttled 0\nthrottled_time 0\nnr_bursts 0\nburst_time 0\n',
  'sys/fs/cgroup/memory/memory.limit_in_bytes': '9223372036854771712\n',
  'sys/fs/cgroup/memory/memory.usage_in_bytes': '500000000\n',
  'sys/fs/cgroup/memory/process_api/676437b8/memory.limit_in_bytes': '9223372036854771712\n',
  'sys/fs/cgroup/memory/process_api/676437b8/memory.usage_in_bytes': '400000000\n',
  'sys/fs/cgroup/unified/cpu.pressure': pressure(700),
};

/** The same with limits, as a container engine sets them. */
export const V1_LIMITED: Tree = {
  ...V1_UNLIMITED,
  'proc/self/cgroup': '4:memory:/docker/abc\n1:cpu,cpuacct:/docker/abc\n',
  'proc/self/mountinfo': `32 31 0:29 /docker/abc /sys/fs/cgroup/cpu,cpuacct ro - cgroup cgroup rw,cpu,cpuacct
35 31 0:32 /docker/abc /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory
`,
  'sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us': '50000\n',
  'sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us': '100000\n',
  'sys/fs/cgroup/cpu,cpuacct/cpu.stat': 'nr_periods 100\nnr_throttled 10\nthrottled_time 2000000000\n',
  'sys/fs/cgroup/memory/memory.limit_in_bytes': '1000000000\n',
  'sys/fs/cgroup/memory/memory.usage_in_bytes': '700000000\n',
  'sys/fs/cgroup/memory/memory.stat': 'cache 300000000\ninactive_file 1\ntotal_cache 300000000\ntotal_inactive_file 200000000\n',
};

/** Version 2, of a service in a slice that has a limit of its own. The formats are those of the kernel's documentation. */
export const V2: Tree = {
  'proc/self/cgroup': '0::/work.slice/ocr.service\n',
  'proc/self/mountinfo': '29 22 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate,memory_recursiveprot\n',
  'sys/fs/cgroup/cpu.pressure': pressure(9_000_000),
  'sys/fs/cgroup/work.slice/cpu.max': '75000 100000\n',
  'sys/fs/cgroup/work.slice/cpu.stat': 'usage_usec 1\nnr_periods 50\nnr_throttled 5\nthrottled_usec 1000000\n',
  'sys/fs/cgroup/work.slice/memory.max': '8000000000\n',
  'sys/fs/cgroup/work.slice/memory.current': '7500000000\n',
  'sys/fs/cgroup/work.slice/memory.stat': 'anon 6000000000\nfile 1500000000\ninactive_file 700000000\n',
  'sys/fs/cgroup/work.slice/ocr.service/cpu.max': 'max 100000\n',
  'sys/fs/cgroup/work.slice/ocr.service/cpu.stat': 'usage_usec 1\nnr_periods 0\nnr_throttled 0\nthrottled_usec 0\n',
  'sys/fs/cgroup/work.slice/ocr.service/memory.max': 'max\n',
  'sys/fs/cgroup/work.slice/ocr.service/memory.current': '1000000000\n',
  'sys/fs/cgroup/work.slice/ocr.service/cpu.pressure': pressure(4_000_000, 1_000_000),
  'sys/fs/cgroup/work.slice/ocr.service/memory.pressure': pressure(0),
  'sys/fs/cgroup/work.slice/ocr.service/io.pressure': pressure(0),
};

export const THERMAL: Tree = {
  'sys/class/thermal/thermal_zone0/type': 'acpitz\n',
  'sys/class/thermal/thermal_zone0/temp': '95000\n',
  'sys/class/thermal/thermal_zone1/type': 'iwlwifi_1\n',
  'sys/class/thermal/thermal_zone1/temp': '99000\n',
  'sys/class/thermal/thermal_zone2/type': 'x86_pkg_temp\n',
  'sys/class/thermal/thermal_zone2/temp': '61500\n',
};

export const CHIPS: Tree = {
  'sys/class/hwmon/hwmon0/name': 'nvme\n',
  'sys/class/hwmon/hwmon0/temp1_input': '80000\n',
  'sys/class/hwmon/hwmon1/name': 'k10temp\n',
  'sys/class/hwmon/hwmon1/temp1_input': '48250\n',
  'sys/class/hwmon/hwmon1/temp3_input': '52000\n',
};

/** Two packages, one with zones of its own, and the sum that a notebook has besides. */
export const RAPL: Tree = {
  ...rapl('intel-rapl:0', 'package-0', 260_000_000_000),
  ...rapl('intel-rapl:0:0', 'core', 100_000_000),
  ...rapl('intel-rapl:1', 'package-1', 50_000_000_000),
  ...rapl('intel-rapl:2', 'psys', 400_000_000),
};

export const CPUFREQ: Tree = {
  'sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq': '1600000\n',
  'sys/devices/system/cpu/cpu1/cpufreq/scaling_cur_freq': '3200000\n',
};

function rapl(zone: string, name: string, energy: number): Tree {
  const folder = `sys/class/powercap/${zone}`;
  return {
    [`${folder}/name`]: `${name}\n`,
    [`${folder}/energy_uj`]: `${energy}\n`,
    [`${folder}/max_energy_range_uj`]: '262143328850\n',
    [`${folder}/constraint_0_name`]: 'long_term\n',
    [`${folder}/constraint_0_power_limit_uw`]: '15000000\n',
    [`${folder}/constraint_1_name`]: 'short_term\n',
    [`${folder}/constraint_1_power_limit_uw`]: '51000000\n',
  };
}
