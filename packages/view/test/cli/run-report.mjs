import { runReport } from '../../src/cli/report.ts';

process.exitCode = await runReport(process.argv.slice(2));
