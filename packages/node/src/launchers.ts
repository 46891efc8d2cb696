import { realpathSync } from 'node:fs';

/** Packages whose commands run a service in a process of its own, and Yarn as it comes with an image or lies in a project. */
const PACKAGE = /[\\/]node_modules[\\/](?:npm|pnpm|yarn|corepack|tsx|nodemon|@nestjs[\\/]cli|concurrently|dotenv-cli|cross-env)[\\/]/;
const YARN = /[\\/](?:\.yarn[\\/]releases[\\/][^\\/]+|yarn-v[\d.]+[\\/]bin[\\/]yarn\.js)$/;

/** Whether a main script belongs to a package manager or the like, which inherits NODE_OPTIONS and is not the service. */
export function isOfLauncher(script: string): boolean {
  const file = realpathOf(script);
  return PACKAGE.test(file) || YARN.test(file);
}

/** Commands are often links. */
function realpathOf(script: string): string {
  try {
    return realpathSync(script);
  } catch {
    return script;
  }
}
