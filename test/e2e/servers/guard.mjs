// Kills the processes that it was told of (`+pid`, and no more after `-pid`) once its input ends: that is when the process that started it
// has ended, in whatever way.
import { createInterface } from 'node:readline';

const pids = new Set();
// Ctrl+C reaches it too; its work comes after that.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});

for await (const line of createInterface(process.stdin)) {
  const pid = Number(line.slice(1));
  if (line.startsWith('+')) pids.add(pid);
  else pids.delete(pid);
}
for (const pid of pids) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
}
process.exit();
