import { messageOf } from '../problems.ts';
import { collection } from './checks/collection.ts';
import { copies } from './checks/copies.ts';
import { deadInstrumentsOf } from './checks/dead-instruments.ts';
import { endpoint } from './checks/endpoint.ts';
import { exports } from './checks/exports.ts';
import { losses } from './checks/losses.ts';
import { provider } from './checks/provider.ts';
import { readers } from './checks/readers.ts';
import { reported } from './checks/reported.ts';
import { switchedOff } from './checks/switched-off.ts';
import type { Diagnosis } from './diagnosis.ts';
import { hint, type Finding } from './finding.ts';
import { examineProcess, type Patient } from './patient.ts';

export { formatDiagnosis, type Diagnosis } from './diagnosis.ts';

type Check = (patient: Patient) => Finding[] | Promise<Finding[]>;

const CHECKS: readonly Check[] = [
  switchedOff,
  reported,
  provider,
  copies,
  deadInstrumentsOf,
  readers,
  collection,
  exports,
  endpoint,
  losses,
];

/**
 * Says why metrics of this process do not appear: no MeterProvider, one set after instruments were made, two copies of the API, a reader
 * that nobody collects, a Collector that refuses, a port in use, collection switched off. Changes nothing, but collects from every reader,
 * and has exporters export that have not yet, or failed at last: that takes as long as their time limits at most. Instruments that were made
 * too early are known from the import of `@otel-perf/node` on, or from the start on under `otel-perf doctor`. Never rejects.
 */
export async function doctor(): Promise<Diagnosis> {
  try {
    const patient = await examineProcess();
    const findings = (await Promise.all(CHECKS.map((check) => looked(check, patient)))).flat();
    return { healthy: findings.every(({ level }) => level !== 'problem'), findings };
  } catch (error) {
    return { healthy: true, findings: [notLooked(error)] };
  }
}

async function looked(check: Check, patient: Patient): Promise<Finding[]> {
  try {
    return await check(patient);
  } catch (error) {
    return [notLooked(error)];
  }
}

function notLooked(error: unknown): Finding {
  return hint(
    'not-looked',
    `The doctor could not look at everything: ${messageOf(error)}.`,
    'Please report it: it is a fault of otel-perf.',
  );
}
