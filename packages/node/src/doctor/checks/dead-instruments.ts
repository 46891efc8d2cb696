import { apiGlobals } from '../../wire/globals.ts';
import { apiCopies, heeds, ownFolder } from '../api-copies.ts';
import { hint, listed, problem, type Finding } from '../finding.ts';
import type { Patient } from '../patient.ts';
import { deadInstruments, type DeadInstrument } from '../stand-ins.ts';

/** Whether instruments were made before there was a MeterProvider. */
export function deadInstrumentsOf({ collectors, readers, provider }: Patient): Finding[] {
  if (provider === undefined) return [];
  const ours = new Set(collectors.flatMap((collector) => collector.allSeries().map(({ source }) => source)));
  const early = deadInstruments().filter(isHeeded);
  const arrived = (scope: string, name: string): boolean => readers.some(({ instruments }) => instruments.has(`${scope}\0${name}`));
  const lost = early.filter(({ scope, name }) => !ours.has(scope) && !arrived(scope, name));
  const late = [...new Set(early.filter(({ scope }) => ours.has(scope)).map(({ scope }) => scope))];
  return [
    ...(lost.length === 0
      ? []
      : [
          problem(
            'late-provider',
            `Instruments were made before there was a MeterProvider, and record nothing for ever: ${listed(lost.map(shown))}.`,
            'Set the provider before the modules that make them are loaded, best by node --import @otel-perf/node/register.',
          ),
        ]),
    ...(late.length === 0
      ? []
      : [
          hint(
            'recorded-early',
            `Of ${listed(late)}, what was recorded before there was a MeterProvider is in windows and history alone.`,
            'Start otel-perf before the modules that record are loaded, best by node --import @otel-perf/node/register.',
          ),
        ]),
  ];
}

/** A copy that does not heed the provider is a matter of its own. */
function isHeeded({ folder = ownFolder() }: DeadInstrument): boolean {
  const version = apiCopies().find((copy) => copy.folder === folder)?.version;
  const registered = apiGlobals()?.version;
  return version === undefined || registered === undefined || heeds(version, registered);
}

function shown({ scope, name }: DeadInstrument): string {
  return `${name} of ${scope}`;
}
