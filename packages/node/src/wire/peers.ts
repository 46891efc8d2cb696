import { messageOf, type Problems } from '../problems.ts';

export const AUTO = '@opentelemetry/auto-instrumentations-node';

/**
 * Loads a package that the service may do without. One that is missing, or cannot be loaded, is a problem that is reported.
 * @param without What the service has to do without, for the message.
 */
export async function loadPeer<T>(name: string, load: () => Promise<T>, without: string, problems: Problems): Promise<T | undefined> {
  try {
    return await load();
  } catch (error) {
    const reason = isMissing(error, name)
      ? `${name} is not installed. Run: npm install ${name}`
      : `${name} cannot be loaded: ${firstLine(messageOf(error))}`;
    problems.tell('missing-package', `${without}: ${reason}`);
    return undefined;
  }
}

function isMissing(error: unknown, name: string): boolean {
  const { code, message } = error as NodeJS.ErrnoException;
  // In quotes: a package that it needs may be the one that is missing, and then it is named as who asked for that.
  return (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') && message.includes(`'${name}'`);
}

/** Without the modules that asked for it. */
function firstLine(message: string): string {
  return message.split('\n', 1)[0]!;
}

/** Whether a package, or a part of it, is preloaded by `--import`, `--require` or NODE_OPTIONS. */
export function isPreloaded(name: string): boolean {
  return [...process.execArgv, process.env['NODE_OPTIONS'] ?? ''].some((argument) => argument.includes(name));
}
