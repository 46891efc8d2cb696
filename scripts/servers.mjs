// The real servers that tests run: which are here, and how to get the others.
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { binary, isBuilt } from './collector-binary.mjs';

function isOnPath(command) {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;
}

/** The path of the first of these programs that is installed. */
function pathOf(...commands) {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.flatMap((folder) => commands.map((command) => join(folder, command))).find(isExecutable);
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const PROMETHEUS = 'install Prometheus 2.42 or newer; on Debian, `apt-get install prometheus`';

const servers = {
  collector: { command: binary, isHere: isBuilt, howToGet: 'run `npm run collector:build`, which needs Go 1.25 or newer' },
  prometheus: { command: 'prometheus', isHere: () => isOnPath('prometheus'), howToGet: PROMETHEUS },
  chromium: {
    command: pathOf('chromium', 'chromium-browser', 'google-chrome'),
    isHere: () => servers.chromium.command !== undefined,
    howToGet: 'install Chromium; on Debian, `apt-get install chromium`',
  },
  promtool: { command: 'promtool', isHere: () => isOnPath('promtool'), howToGet: PROMETHEUS },
};

/** With OTEL_PERF_REQUIRE_SERVERS=1 a server that is not here is an error, in place of a reason to skip tests. */
export const areRequired = process.env.OTEL_PERF_REQUIRE_SERVERS === '1';

export function commandOf(server) {
  return servers[server].command;
}

/** Those of `needed`, by default of all, that are not here, each with how to get it. */
export function missingServers(needed = Object.keys(servers)) {
  return needed.filter((name) => !servers[name].isHere()).map((name) => ({ name, howToGet: servers[name].howToGet }));
}
