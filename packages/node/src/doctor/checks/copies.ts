import { relative } from 'node:path';
import { apiGlobals } from '../../wire/globals.ts';
import { apiCopies, heeds, ownFolder, type ApiCopy } from '../api-copies.ts';
import { hint, listed, problem, type Finding } from '../finding.ts';
import type { Patient } from '../patient.ts';
import { deadInstruments } from '../stand-ins.ts';

const REMEDY = 'Have one version of @opentelemetry/api in the program: npm ls @opentelemetry/api shows them; npm dedupe, or overrides.';

/** Whether several copies of the API keep apart what belongs together. */
export function copies(patient: Patient): Finding[] {
  const all = apiCopies();
  const globals = apiGlobals();
  if (all.length < 2 && all.every(({ version }) => globals === undefined || heeds(version, globals.version))) return [];
  const there = `There are ${all.length} copies of @opentelemetry/api: ${all.map(shown).join(', ')}.`;
  if (globals === undefined) return [hint('two-apis', there, REMEDY)];
  return globals.metrics === undefined ? refused(all, globals.version, there, patient) : deaf(all, globals.version, there);
}

/** Nothing is registered by another version than that which registered first, be it a tracer or a logger. */
function refused(all: readonly ApiCopy[], version: string, there: string, { readers }: Patient): Finding[] {
  if (all.every((copy) => copy.version === version)) return [hint('two-apis', there, REMEDY)];
  const why = `${version} was the first to register something, so that a MeterProvider is refused from every other version.`;
  return [(readers.some(({ status }) => status.attached) ? problem : hint)('two-apis', `${there} ${why}`, REMEDY)];
}

/** A copy heeds what its own or a later version has registered. */
function deaf(all: readonly ApiCopy[], version: string, there: string): Finding[] {
  const unheeding = all.filter((copy) => !heeds(copy.version, version));
  if (unheeding.length === 0) return [hint('two-apis', `${there} They share what is registered.`, REMEDY)];
  const versions = [...new Set(unheeding.map((copy) => copy.version))].join(', ');
  const why = `The MeterProvider was registered by ${version}, which ${versions} does not heed`;
  const folders = new Set(unheeding.map(({ folder }) => folder));
  const lost = deadInstruments().filter(({ folder = ownFolder() ?? '' }) => folders.has(folder));
  if (lost.length === 0 && unheeding.every(({ watched }) => watched)) {
    return [hint('two-apis', `${there} ${why}. No instruments were made through that copy yet; they would record nothing.`, REMEDY)];
  }
  const which = lost.length === 0 ? '' : ` (${listed(lost.map(({ scope, name }) => `${scope}: ${name}`))})`;
  return [problem('two-apis', `${there} ${why}: what is recorded through that copy is lost${which}.`, REMEDY)];
}

function shown({ folder, version }: ApiCopy): string {
  return `${version} in ${relative(process.cwd(), folder)}`;
}
