import { diag } from '@opentelemetry/api';
import type { InstrumentDescriptor } from './instrument-descriptor.ts';

/** Two instruments of one name say different things, so that there are two streams of that name. */
export function warnOfIncompatible(existing: InstrumentDescriptor, added: InstrumentDescriptor): void {
  diag.warn(
    'A view or instrument with the name ',
    added.name,
    ' has already been registered and is incompatible with another registered view.\n',
    'Details:\n',
    differences(existing, added),
    'To resolve the conflict:\n',
    remedy(existing, added),
  );
}

/** Two instruments that feed one stream describe it differently. */
export function warnOfDescription(existing: InstrumentDescriptor, added: InstrumentDescriptor): void {
  diag.warn(
    'A view or instrument with the name ',
    added.name,
    ' has already been registered, but has a different description and is incompatible with another registered view.\n',
    'Details:\n',
    differences(existing, added),
    'The longer description will be used.\nTo resolve the conflict:',
    remedy(existing, added),
  );
}

function differences(existing: InstrumentDescriptor, added: InstrumentDescriptor): string {
  const lines: string[] = [];
  const compare = (what: string, before: unknown, now: unknown): void => {
    if (before !== now) lines.push(`\t- ${what} '${String(before)}' does not match '${String(now)}'\n`);
  };
  compare('Unit', existing.unit, added.unit);
  compare('Type', existing.type, added.type);
  compare('Value Type', existing.valueType, added.valueType);
  compare('Description', existing.description, added.description);
  return lines.join('');
}

function remedy(existing: InstrumentDescriptor, { name, type, unit }: InstrumentDescriptor): string {
  const selector = JSON.stringify({ name, type, unit });
  return `\t- use one unit, value type, type and description for all instruments named '${existing.name}', or a view with another name and InstrumentSelector '${selector}'`;
}
