// How a program under check becomes something plain node can run: its TypeScript is transformed once, by esbuild (tsx's
// own engine), because node starts in 0.05 s and tsx in 0.3 s. The student's file keeps its name: import.meta.url, argv[1]
// and stack traces all name the .ts.
import { createHash } from 'node:crypto';
import { existsSync, realpathSync } from 'node:fs';
import { mkdir, readFile, readdir, realpath, writeFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { basename, dirname, extname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { FORK_FLAGS } from '../../scripts/posix/flags.ts';
import {
  build,
  transform,
  type BuildFailure,
  type Loader,
  type Message,
  type Plugin,
} from 'esbuild';

/** The command that runs a program: `command ...args <the program's own arguments>`. */
export interface Runnable {
  readonly command: string;
  readonly args: readonly string[];
  /** True if it makes calls of the kernel by `#posix`, for which node has to be started in a certain way. */
  readonly usesPosix?: boolean;
}

/**
 * A source that cannot be transformed. `line` and `column` (in characters) count from 1. `kind` tells a source that cannot
 * be read from one that imports what is not there.
 */
export class SyntaxProblem extends Error {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly lineText: string;
  readonly kind: 'syntax' | 'import';

  constructor(message: Message, fallbackFile: string) {
    super(message.text);
    this.name = 'SyntaxProblem';
    this.file = message.location?.file ?? fallbackFile;
    this.line = message.location?.line ?? 1;
    this.lineText = message.location?.lineText ?? '';
    // esbuild counts columns in bytes of UTF-8.
    const before = Buffer.from(this.lineText).subarray(0, message.location?.column ?? 0);
    this.column = before.toString('utf8').length + 1;
    this.kind = /^(Could not resolve|No matching export)/.test(message.text) ? 'import' : 'syntax';
  }
}

/** Where `#posix` is. */
const POSIX = fileURLToPath(new URL('../../scripts/posix/', import.meta.url));
const TODO = fileURLToPath(new URL('../../scripts/todo.ts', import.meta.url));

/** Programs in another language are run as they are: what is judged is what they do, not how they are written. */
const OTHER_LANGUAGES: Record<string, string> = { '.py': 'python3', '.sh': 'sh' };

/**
 * Finds `<directory>/<name>.ts` (or .mjs, .js, .py, .sh) and makes it runnable, writing what it needs below `outDirectory`.
 *
 * Throws {@link SyntaxProblem} if the source cannot be read as TypeScript, ENOENT if there is no such program, and EOUTSIDE
 * if a file outside of the lesson, as a package.json in a folder above it, keeps it from being read.
 */
export async function makeRunnable(
  directory: string,
  name: string,
  outDirectory: string,
): Promise<Runnable> {
  const file = sourceOf(directory, name);
  const language = OTHER_LANGUAGES[extname(file)];
  if (language) return { command: language, args: [file] };
  const bundled = await bundle(file, directory, outDirectory);
  return bundled.needsItsName
    ? runThroughHook(file, bundled.files, outDirectory)
    : runPlain(bundled, file, outDirectory);
}

/** The file of a program, in whichever language it is written. Throws ENOENT if there is none. */
export function sourceOf(directory: string, name: string): string {
  const candidates = ['.ts', '.mjs', '.js', ...Object.keys(OTHER_LANGUAGES)].map((end) =>
    join(directory, name + end),
  );
  const found = candidates.find((candidate) => existsSync(candidate));
  if (found) return found;
  const place = join(basename(dirname(directory)), basename(directory));
  throw Object.assign(new Error(`there is no ${name}.ts in ${place}`), { code: 'ENOENT' });
}

// --- the program in one file, for plain node ---

interface Bundled {
  readonly code: string;
  /**
   * True if the program must run under its own name: it can start another .ts of its lesson, or it imports a package,
   * which node looks for in the folders above the importing file.
   */
  readonly needsItsName: boolean;
  /** The files that went into it. */
  readonly files: readonly string[];
}

const STARTS_PROGRAMS = ['child_process', 'cluster', 'worker_threads'];

async function bundle(file: string, directory: string, outDirectory: string): Promise<Bundled> {
  const own = (await realpath(directory)) + sep;
  try {
    const result = await build({
      entryPoints: [file],
      outfile: join(outDirectory, 'program.mjs'),
      write: false,
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      sourcemap: 'inline',
      sourcesContent: false,
      metafile: true,
      logLevel: 'silent',
      define: {
        'import.meta.url': '__moduleUrl',
        'import.meta.filename': '__moduleFile',
        'import.meta.dirname': '__moduleDirectory',
      },
      banner: { js: `process.argv[1] = ${JSON.stringify(file)};` },
      packages: 'external',
      plugins: [onlyOwnFiles(own), keepNames],
    });
    // What #posix imports for itself says nothing about the program.
    const imports = Object.entries(result.metafile.inputs)
      .filter(([path]) => !resolve(path).startsWith(POSIX))
      .flatMap(([, input]) => input.imports.filter(({ external }) => external));
    return {
      code: result.outputFiles[0]?.text ?? '',
      files: Object.keys(result.metafile.inputs).map((path) => resolve(path)),
      needsItsName: imports.some(
        ({ path }) => !isBuiltin(path) || STARTS_PROGRAMS.includes(path.replace('node:', '')),
      ),
    };
  } catch (error) {
    const problem = syntaxProblem(error, file);
    const place = resolve(problem.file);
    // esbuild reads the package.json and tsconfig.json of all folders above a program. Those are not the program's.
    if (place.startsWith(own) || place.startsWith(resolve(directory) + sep)) throw problem;
    throw Object.assign(new Error(`${place}:${problem.line}: ${problem.message}`), {
      code: 'EOUTSIDE',
    });
  }
}

async function runPlain(
  { code, files }: Bundled,
  file: string,
  outDirectory: string,
): Promise<Runnable> {
  // The content is in the name: two versions of a program, or two programs at once, never share a file.
  const out = join(outDirectory, `${hash(file + code)}.mjs`);
  await writeOnce(out, code);
  return runNode(files, [out]);
}

/** The command of a program made of `files`. */
function runNode(files: readonly string[], args: readonly string[]): Runnable {
  const usesPosix = files.some((path) => path.startsWith(POSIX));
  const flags = usesPosix ? FORK_FLAGS : [];
  return {
    command: process.execPath,
    args: [...flags, '--enable-source-maps', ...args],
    usesPosix,
  };
}

const written = new Map<string, Promise<void>>();

/** Writes a file that no one else has written: what its name stands for never changes, and a program may be reading it. */
async function writeOnce(path: string, text: string): Promise<void> {
  const write = async () => {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  };
  const writing = written.get(path) ?? write();
  written.set(path, writing);
  try {
    await writing;
  } catch (error) {
    written.delete(path);
    throw error;
  }
}

/**
 * A program is made of files of its own lesson, and of what the workbook gives to every lesson. What else it names would be
 * read by this process, which may read more than the program itself: the solutions, for one.
 */
const onlyOwnFiles = (own: string): Plugin => ({
  name: 'only-own-files',
  setup({ onLoad }) {
    onLoad({ filter: /.*/, namespace: 'file' }, ({ path }) => {
      const real = realpathSync(path);
      if (real.startsWith(own) || real.startsWith(POSIX) || real === TODO) return undefined;
      const named = relative(own, real);
      return {
        errors: [{ text: `Could not resolve "${named}": it is not a file of this lesson` }],
      };
    });
  },
});

/** Gives each bundled module its own import.meta, on its first line so that line numbers stay true. */
const keepNames: Plugin = {
  name: 'keep-names',
  setup({ onLoad }) {
    onLoad({ filter: /\.(ts|mts|js|mjs)$/, namespace: 'file' }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      const names =
        `const __moduleUrl = ${JSON.stringify(pathToFileURL(path).href)}, ` +
        `__moduleFile = ${JSON.stringify(path)}, __moduleDirectory = ${JSON.stringify(dirname(path))}; `;
      const used = /\bimport\.meta\b/.test(text);
      return { contents: used ? names + text.replace(/^#!.*/, '') : text, loader: loaderOf(path) };
    });
  },
};

// --- the program in its own files, for programs that start another .ts of their lesson ---

const HOOK = fileURLToPath(new URL('./load-hook.mjs', import.meta.url));

/**
 * Node loads the .ts under its own name, and a load hook hands out the transformed text. Slower to start (0.1 s), but
 * `--import` is inherited by `fork()`, so that children written in TypeScript work as well.
 */
async function runThroughHook(
  file: string,
  imported: readonly string[],
  outDirectory: string,
): Promise<Runnable> {
  // Node knows a file by its real path.
  const sources = await Promise.all(
    [
      ...imported.filter((path) => path.endsWith('.ts')),
      ...(await sourcesBelow(dirname(file))),
      TODO,
    ].map((path) => realpath(path)),
  );
  const table = await Promise.all(
    [...new Set(sources)].map(async (source) => {
      const code = await transformOne(source);
      const out = join(outDirectory, `${hash(source + code)}.mjs`);
      await writeOnce(out, code);
      return [pathToFileURL(source).href, out] as const;
    }),
  );
  const tableFile = join(outDirectory, `${hash(JSON.stringify(table))}.json`);
  await writeOnce(tableFile, JSON.stringify(table));
  // A copy: a program under check may not be allowed to read the harness.
  const code = await readFile(HOOK, 'utf8');
  const hookFile = join(outDirectory, `${hash(code)}-load-hook.mjs`);
  await writeOnce(hookFile, code);
  const hook = pathToFileURL(hookFile);
  hook.searchParams.set('table', tableFile);
  return runNode(imported, ['--import', hook.href, file]);
}

async function sourcesBelow(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(directory, entry.name));
}

async function transformOne(file: string): Promise<string> {
  try {
    const { code } = await transform(await readFile(file, 'utf8'), {
      loader: loaderOf(file),
      format: 'esm',
      target: 'node20',
      sourcemap: 'inline',
      sourcesContent: false,
      sourcefile: file,
      logLevel: 'silent',
    });
    return code;
  } catch (error) {
    // A file that is not this program's entry: the error belongs to the process that loads it.
    const problem = syntaxProblem(error, file);
    return `throw new SyntaxError(${JSON.stringify(`${problem.file}:${problem.line}:${problem.column}: ${problem.message}`)});`;
  }
}

function loaderOf(file: string): Loader {
  return file.endsWith('ts') ? 'ts' : 'js';
}

function syntaxProblem(error: unknown, file: string): SyntaxProblem {
  const [first] = (error as Partial<BuildFailure>).errors ?? [];
  if (!first) throw error;
  return new SyntaxProblem(first, file);
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
