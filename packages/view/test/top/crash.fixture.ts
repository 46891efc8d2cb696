import { runTop } from '../../src/cli/top.ts';

const [how, ...args] = process.argv.slice(2);
process.once('SIGUSR2', () => {
  if (how === 'throw') throw new Error('an error of the test');
  if (how === 'reject') void Promise.reject(new Error('an error of the test'));
  if (how === 'exit') process.exit(7);
});
process.exitCode = await runTop(args);
