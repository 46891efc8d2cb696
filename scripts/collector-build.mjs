// Builds the Collector that otel-collector/builder.yaml describes, with the Collector's own builder, from Go modules. Needs Go and nothing else.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { binary, buildFolder, builder, fingerprint, folder, isBuilt, manifest, stamp } from './collector-binary.mjs';

/** What the modules of the manifest ask for. */
const GO_NEEDED = [1, 25];

const env = {
  ...process.env,
  GOBIN: dirname(builder),
  // Only the manifest decides what is built, not where the checkout lies.
  GOFLAGS: '-mod=mod -buildvcs=false',
  GOWORK: 'off',
  CGO_ENABLED: '0',
  // For this machine, whatever the caller compiles for.
  GOOS: '',
  GOARCH: '',
};

function checkGo() {
  const needed = GO_NEEDED.join('.');
  const { stdout, error } = spawnSync('go', ['version'], { encoding: 'utf8', cwd: folder, env });
  if (error) {
    fail(`The Collector is built with Go, which is not on the PATH. Install Go ${needed} or newer (https://go.dev/doc/install).`);
  }
  const [text, major, minor] = /go(\d+)\.(\d+)\S*/.exec(stdout) ?? [];
  if (text === undefined) return; // a development version of Go
  if (Number(major) < GO_NEEDED[0] || (Number(major) === GO_NEEDED[0] && Number(minor) < GO_NEEDED[1])) {
    fail(`The Collector needs Go ${needed} or newer; on the PATH is ${text}. Install a newer one (https://go.dev/doc/install).`);
  }
}

function run(command, ...args) {
  const { status, error } = spawnSync(command, args, { cwd: folder, stdio: 'inherit', env });
  if (error) throw error;
  if (status !== 0) fail(`${command} ${args.join(' ')} failed, see above. Nothing else needs to be undone: run the build again.`);
}

function fail(message) {
  console.error(message);
  process.exit(1);
}

if (isBuilt()) {
  console.log(`The Collector is built: ${binary}`);
} else {
  checkGo();
  const [, version] = /^ {2}version: (\S+)$/m.exec(readFileSync(manifest, 'utf8')) ?? fail(`${manifest} has no dist.version`);
  const wanted = fingerprint();
  console.log(`Building the Collector ${version} in ${buildFolder}. The first time takes some minutes.`);
  const startedAt = Date.now();
  mkdirSync(buildFolder, { recursive: true });
  rmSync(stamp, { force: true });
  run('go', 'install', `go.opentelemetry.io/collector/cmd/builder@v${version}`);
  run(builder, '--config', manifest);
  run(binary, '--version');
  writeFileSync(stamp, wanted);
  console.log(`Built in ${((Date.now() - startedAt) / 1000).toFixed(0)} s: ${binary}`);
}
