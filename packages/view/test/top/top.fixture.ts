import { runTop } from '../../src/cli/top.ts';

process.exitCode = await runTop(process.argv.slice(2));
