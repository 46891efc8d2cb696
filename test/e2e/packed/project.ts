import { cp, mkdir, readdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative, sep } from 'node:path';
import { manifestOf, root, type Manifest } from './packages.ts';
import { run } from './run.ts';

const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');

/** pnpm makes what is published: npm's own pack would leave `workspace:` in the dependencies, and the licence out. */
async function pack(packages: readonly Manifest[], into: string): Promise<string[]> {
  const filters = packages.flatMap(({ name }) => ['--filter', name]);
  const pnpm = ['--yes', '--prefer-offline', 'pnpm@12'];
  const { stdout } = await run(root, 'npx', ...pnpm, '-r', ...filters, 'pack', '--json', '--pack-destination', into);
  return (JSON.parse(stdout) as { filename: string }[]).map(({ filename }) => filename);
}

/** An empty project into which the packages were installed as they are published, with the peers that they require. */
export class Project {
  readonly folder: string;
  /** What is installed from the registry is of the versions that the repository has. */
  readonly #versions: Readonly<Record<string, string>>;

  private constructor(folder: string, versions: Readonly<Record<string, string>>) {
    this.folder = folder;
    this.#versions = versions;
  }

  static async create(folder: string, packages: readonly Manifest[]): Promise<Project> {
    const manifests = [...packages, await manifestOf(root)];
    const versions = Object.fromEntries(manifests.flatMap(({ devDependencies }) => Object.entries(devDependencies)));
    const project = new Project(folder, versions);
    const tarballs = await pack(packages, folder);
    await writeFile(join(folder, 'package.json'), '{}\n');
    await cp(join(import.meta.dirname, 'javascript'), folder, { recursive: true });
    const peers = packages.flatMap(({ peerDependencies, peerDependenciesMeta }) =>
      Object.keys(peerDependencies).filter((name) => peerDependenciesMeta?.[name]?.optional !== true),
    );
    await project.install([...new Set(peers)], tarballs);
    return project;
  }

  async install(names: readonly string[], tarballs: readonly string[] = []): Promise<void> {
    const registry = names.map((name) => `${name}@${this.#versions[name]}`);
    await run(this.folder, 'npm', 'install', '--no-audit', '--no-fund', '--prefer-offline', ...tarballs, ...registry);
  }

  /** Fails when a dependency or peer is missing or of a version that is not asked for. */
  async checkTree(): Promise<void> {
    await run(this.folder, 'npm', 'ls', '--all');
  }

  /** The files of an installed package: what its tarball holds. */
  async files(name: string): Promise<string[]> {
    const installed = join(this.folder, 'node_modules', name);
    const found = await readdir(installed, { recursive: true, withFileTypes: true });
    return found.filter((each) => each.isFile()).map((each) => relative(installed, join(each.parentPath, each.name)).replaceAll(sep, '/'));
  }

  async installedManifest(name: string): Promise<Manifest> {
    return manifestOf(join(this.folder, 'node_modules', name));
  }

  /** What a program prints, as JSON. */
  async run(...args: string[]): Promise<unknown> {
    const { stdout, stderr } = await run(this.folder, process.execPath, ...args);
    if (stderr !== '') throw new Error(`${args.join(' ')} complains: ${stderr}`);
    return JSON.parse(stdout);
  }

  /** Compiles the TypeScript programs with one of their two configurations, to ES modules or CommonJS, into the folder that it returns. */
  async compile(decorators: 'standard' | 'legacy', type: 'module' | 'commonjs'): Promise<string> {
    const name = `${decorators}-${type}`;
    const folder = join(this.folder, name);
    await mkdir(folder);
    await cp(join(import.meta.dirname, 'typescript'), folder, { recursive: true });
    await writeFile(join(folder, 'package.json'), JSON.stringify({ type }));
    await run(folder, process.execPath, tsc, '-p', `tsconfig.${decorators}.json`);
    return join(name, 'out');
  }
}
