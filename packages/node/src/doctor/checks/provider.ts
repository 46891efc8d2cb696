import { fine, hint, problem, type Finding } from '../finding.ts';
import type { GlobalProvider, Patient } from '../patient.ts';
import { isSdkDisabled } from './switched-off.ts';

/** Whether instruments reach a MeterProvider at all. */
export function provider(patient: Patient): Finding[] {
  return patient.provider === undefined ? missing(patient) : used(patient.provider);
}

function used({ isShutDown, readers, hasOthers }: GlobalProvider): Finding[] {
  if (isShutDown) {
    return [
      hint(
        'shut-down',
        'The MeterProvider was shut down, as at the end of a program: nothing is collected any more.',
        'Shut it down last of all, and only once.',
      ),
    ];
  }
  if (readers === 0) {
    return [
      problem(
        'provider-without-reader',
        'The MeterProvider has no reader: what is recorded goes nowhere.',
        'Give it one when it is made: readers: [createPerformanceReader()], in NodeSDK metricReaders.',
      ),
    ];
  }
  return [fine('provider-set', `A MeterProvider is set${readers !== undefined && hasOthers ? ', with readers of others' : ''}.`)];
}

function missing({ readers, started, reported }: Patient): Finding[] {
  // Told already, with its reason.
  if (isSdkDisabled() || started?.active === false || reported.some(({ code }) => code === 'sdk-failed')) return [];
  if (readers.some(({ readsItsCollector }) => readsItsCollector)) {
    const remedy = 'Register one for the rest: metrics.setGlobalMeterProvider(provider).';
    return [hint('no-provider', 'No global MeterProvider is set: only collectors with a provider of their own reach one.', remedy)];
  }
  if (readers.some(({ status }) => status.attached)) {
    return [
      problem(
        'no-provider',
        'A MeterProvider was made, but none is registered as the global one: every instrument is a stand-in that records nothing.',
        'Register it: metrics.setGlobalMeterProvider(provider). Where that gave false, OTEL_LOG_LEVEL=error may say why.',
      ),
    ];
  }
  return [
    problem(
      'no-provider',
      'No MeterProvider is set: every instrument is a stand-in that records nothing. Windows, report and history in the process work.',
      'Start with node --import @otel-perf/node/register, call startOtelPerf(), or register a MeterProvider of your own.',
    ),
  ];
}
