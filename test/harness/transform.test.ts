// Proves that a program runs under its own name, whichever way it is made runnable, and so do the programs that it starts.
import { mkdir, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { attempt, subjectOf, type Sources } from './attempt.ts';
import { createExchange } from './exchange.ts';
import { currentRun } from './run.ts';
import { makeRunnable, sourceOf, SyntaxProblem } from './transform.ts';
import { openTrial } from './trial.ts';

interface Names {
  readonly who: string;
  readonly url: string;
  readonly filename: string;
  readonly dirname: string;
  readonly argv1: string;
  readonly stack: string;
}

/** Prints how a module knows itself; the enum-free type annotations are TypeScript. */
const names = (who: string) => `
const where: string = new Error('here').stack ?? '';
console.log(JSON.stringify({ who: '${who}', url: import.meta.url, filename: import.meta.filename,
  dirname: import.meta.dirname, argv1: process.argv[1], stack: where.split('\\n')[1] }));
`;

/** Runs `server` to its end and returns what its modules and children printed. */
async function run(
  sources: Sources,
): Promise<{ directory: string; printed: Names[]; stderr: string }> {
  const subject = await subjectOf(sources);
  const { trial, close } = openTrial(subject, 'transform/test', '1', createExchange());
  try {
    const server = await trial.start('server');
    await server.ended('by itself', { mayRest: true });
    return {
      directory: subject.directory,
      printed: server.stdout.lines.map((line) => JSON.parse(line) as Names),
      stderr: server.stderr.text,
    };
  } finally {
    await close();
  }
}

function expectNames(directory: string, printed: Names | undefined, file: string, entry: string) {
  expect(printed).toMatchObject({
    url: new URL(`file://${join(directory, file)}`).href,
    filename: join(directory, file),
    dirname: directory,
    argv1: join(directory, entry),
  });
  // The line of `new Error` in the .ts.
  expect(printed?.stack).toContain(`${join(directory, file)}:2`);
}

test.concurrent('a program and what it imports know their own .ts', async () => {
  const { directory, printed, stderr } = await run({
    'server.ts': `${names('server')}import './part.ts';\n`,
    'part.ts': names('part'),
  });
  expect(stderr).toBe('');
  expectNames(
    directory,
    printed.find(({ who }) => who === 'part'),
    'part.ts',
    'server.ts',
  );
  expectNames(
    directory,
    printed.find(({ who }) => who === 'server'),
    'server.ts',
    'server.ts',
  );
});

for (const [how, start] of [
  [
    'fork',
    `import { fork } from 'node:child_process';\nfork(new URL('./child.ts', import.meta.url));`,
  ],
  [
    'fork by name',
    `import { fork } from 'node:child_process';\nfork(import.meta.dirname + '/child.ts');`,
  ],
  [
    'spawn',
    `import { spawn } from 'node:child_process';\nspawn(process.execPath, [...process.execArgv, import.meta.dirname + '/child.ts'], { stdio: 'inherit' });`,
  ],
  [
    'new Worker',
    `import { Worker } from 'node:worker_threads';\nnew Worker(new URL('./child.ts', import.meta.url));`,
  ],
] as const) {
  test.concurrent(`a program started by ${how} knows its own .ts too`, async () => {
    const { directory, printed, stderr } = await run({
      'server.ts': `${names('server')}${start}\nimport './part.ts';\nimport './below/lower.ts';\n`,
      'part.ts': names('part'),
      'below/lower.ts': `export const lower: number = 1;\n`,
      'child.ts': `${names('child')}import './part.ts';\n`,
    });
    expect(stderr).toBe('');
    expect(printed.map(({ who }) => who).sort()).toEqual(['child', 'part', 'part', 'server']);
    expectNames(
      directory,
      printed.find(({ who }) => who === 'server'),
      'server.ts',
      'server.ts',
    );
    const child = printed.find(({ who }) => who === 'child');
    expectNames(directory, child, 'child.ts', 'child.ts');
  });
}

test.concurrent('a program that imports a package finds it', async () => {
  const { printed, stderr } = await run({
    'server.ts': `import fs from 'fs-extra';\nfs.ensureDirSync('a/b');\nconsole.log(JSON.stringify({ who: String(fs.existsSync('a/b')) }));`,
  });
  expect(stderr).toBe('');
  expect(printed).toEqual([{ who: 'true' }]);
});

test.concurrent('a TODO in a program that starts others stops it as well', async () => {
  const result = await attempt(
    {
      'server.ts': `import { fork } from 'node:child_process';\nimport { todo } from '#todo';\nif (fork) todo('start a child');\n`,
    },
    async (trial) => void (await (await trial.start('server')).ready()),
  );
  expect(result.saw).toBe('the server stopped at a TODO: start a child (server.ts:3)');
});

test.concurrent('an uncaught error in a forked program names its .ts and line', async () => {
  const { directory, stderr } = await run({
    'server.ts': `import { fork } from 'node:child_process';\nfork(import.meta.dirname + '/child.ts');\n`,
    'child.ts': `type Name = string;\n\nconst name: Name = '老王';\nthrow new Error(name);\n`,
  });
  expect(stderr).toContain('Error: 老王');
  expect(stderr).toContain(`${join(directory, 'child.ts')}:4:7`);
});

test.concurrent(
  'a forked program with a syntax error says so in the process that loads it',
  async () => {
    const { stderr } = await run({
      'server.ts': `import { fork } from 'node:child_process';\nfork(import.meta.dirname + '/child.ts');\n`,
      'child.ts': `\nconst 老王 = ;\n`,
    });
    expect(stderr).toMatch(/SyntaxError: .*child\.ts:2:12: Unexpected ";"/);
  },
);

test.concurrent('the directory of a submission may be a symbolic link', async () => {
  const { directory } = await subjectOf({
    'server.ts': `import { fork } from 'node:child_process';\nfork(new URL('./child.ts', import.meta.url));\n`,
    'child.ts': `const up: string = 'up';\nconsole.log(up);\n`,
  });
  const place = await mkdtemp(join(tmpdir(), 'transform-test-'));
  const linked = join(place, 'linked');
  await symlink(directory, linked);
  const { trial, close } = openTrial(
    { directory: linked, reference: linked },
    'a/b',
    '1',
    createExchange(),
  );
  const server = await trial.start('server');
  await server.line((line) => line === 'up', 'the line: up', { mayRest: true });
  await close();
  await rm(place, { recursive: true });
});

test('a changed program is a new one, at once', async () => {
  const { directory } = await subjectOf({ 'server.ts': 'console.log(1);' });
  const out = currentRun().directory('out');
  const first = await makeRunnable(directory, 'server', out);
  const file = first.args.at(-1) ?? '';
  const { mtimeNs } = await stat(file, { bigint: true });
  expect(await makeRunnable(directory, 'server', out)).toEqual(first);
  // Not even written again: another program may be reading it.
  expect((await stat(file, { bigint: true })).mtimeNs).toBe(mtimeNs);
  await writeFile(join(directory, 'server.ts'), 'console.log(2);');
  expect(await makeRunnable(directory, 'server', out)).not.toEqual(first);
});

test('the first of .ts, .mjs, .js, .py, .sh is the program', async () => {
  const { directory } = await subjectOf({
    'a.sh': '',
    'a.py': '',
    'b.py': '',
    'b.mjs': '',
    'b.ts': '',
  });
  expect(sourceOf(directory, 'a')).toBe(join(directory, 'a.py'));
  expect(sourceOf(directory, 'b')).toBe(join(directory, 'b.ts'));
  expect(await makeRunnable(directory, 'a', directory)).toEqual({
    command: 'python3',
    args: [join(directory, 'a.py')],
  });
  const place = directory.split('/').slice(-2).join('/');
  expect(() => sourceOf(directory, 'c')).toThrow(`there is no c.ts in ${place}`);
});

test('a place in a source is counted in characters, not in bytes', async () => {
  const { directory } = await subjectOf({
    'server.ts': `const ok = 1;\n\tconst 名字 = '老王' 小李;\n`,
  });
  const problem = await makeRunnable(directory, 'server', directory).catch(
    (error: unknown) => error,
  );
  expect(problem).toBeInstanceOf(SyntaxProblem);
  expect(problem).toMatchObject({
    line: 2,
    column: 18,
    kind: 'syntax',
    lineText: `\tconst 名字 = '老王' 小李;`,
  });
});

test('a file above the lesson that cannot be read is not blamed on the program', async () => {
  const place = await mkdtemp(join(tmpdir(), 'transform-test-'));
  try {
    await writeFile(join(place, 'package.json'), '{ "private": true,\n  broken');
    await mkdir(join(place, 'lesson'));
    await writeFile(join(place, 'lesson/server.ts'), `import './part.ts';\n`);
    await writeFile(join(place, 'lesson/part.ts'), '');
    await expect(makeRunnable(join(place, 'lesson'), 'server', place)).rejects.toMatchObject({
      code: 'EOUTSIDE',
      message: expect.stringMatching(/transform-test-\w+\/package\.json:2: /) as string,
    });
    // One of the lesson itself is the program's.
    await writeFile(join(place, 'lesson/package.json'), '{ broken');
    await expect(makeRunnable(join(place, 'lesson'), 'server', place)).rejects.toThrow(
      SyntaxProblem,
    );
  } finally {
    await rm(place, { recursive: true, force: true });
  }
});
