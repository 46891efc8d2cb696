/** One thing that the doctor has looked at. */
export interface Finding {
  /** `problem`: metrics are missing for it. `hint`: they may be. `fine`: looked at, and as it should be. */
  readonly level: 'problem' | 'hint' | 'fine';
  /** For machines: stays the same when the text is reworded. */
  readonly code: string;
  readonly message: string;
  /** What to do about it, where the message does not say so. */
  readonly remedy?: string;
  /** In which part of the program, where `otel-perf doctor` looked at several: `main`, `worker 1`, `thread 1`. */
  readonly where?: string;
}

export function problem(code: string, message: string, remedy: string): Finding {
  return { level: 'problem', code, message, remedy };
}

export function hint(code: string, message: string, remedy: string): Finding {
  return { level: 'hint', code, message, remedy };
}

export function fine(code: string, message: string): Finding {
  return { level: 'fine', code, message };
}

/** At most five of them, and how many more there are. */
export function listed(names: readonly string[]): string {
  return names.length <= 5 ? names.join(', ') : `${names.slice(0, 5).join(', ')} and ${names.length - 5} more`;
}

/** What an error says, with one full stop at its end. */
export function sentence(text: string): string {
  return `${text.trim().replace(/\.+$/, '')}.`;
}
