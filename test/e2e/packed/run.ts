import { execFile } from 'node:child_process';
import { delimiter, dirname } from 'node:path';
import { promisify } from 'node:util';

/** As a user's shell has it: on this Node, without the settings that pnpm and npm hand on to their scripts. */
const env = {
  ...Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => name !== 'NODE_OPTIONS' && (!/^npm_config_/i.test(name) || /registry|proxy|ca(file)?$|userconfig/i.test(name)),
    ),
  ),
  PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH']}`,
};

export async function run(cwd: string, command: string, ...args: string[]): Promise<{ stdout: string; stderr: string }> {
  try {
    const shell = process.platform === 'win32' && command !== process.execPath;
    return await promisify(execFile)(command, args, { cwd, env, shell, maxBuffer: 2 ** 26 });
  } catch (error) {
    // The compiler says what is wrong on its standard output, which the error's own message leaves out.
    const { message, stdout } = error as Error & { stdout: string };
    throw new Error(`${message}\n${stdout}`, { cause: error });
  }
}
