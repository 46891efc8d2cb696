// Starts a process that would run for ever, prints its number, and waits to be killed.
import { ServerProcess } from './server-process.ts';

const child = new ServerProcess({ name: 'child', command: process.execPath, args: ['-e', 'setInterval(() => {}, 1000)'] });
console.log(child.pid);
setInterval(() => {}, 1000);
