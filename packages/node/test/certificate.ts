import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A certificate of this machine, signed by itself, and its key, in files. */
export class Certificate implements Disposable {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'otel-perf-tls-'));
  readonly keyFile: string = join(this.folder, 'key.pem');
  readonly certFile: string = join(this.folder, 'cert.pem');

  constructor() {
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', this.keyFile];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
    const { status, stderr } = spawnSync('openssl', ['req', '-x509', ...key, '-out', this.certFile, '-days', '2', ...subject]);
    if (status !== 0) throw new Error(`openssl: ${String(stderr)}`);
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true });
  }
}
