// The autograder that is uploaded to Gradescope: what is in it, and what its scripts leave behind, whatever happens.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { beforeAll, describe, expect, test } from 'vitest';
import { openPromise } from 'yauzl';
import { autograderZip, packageAutograder } from '../../scripts/grade/package.ts';
import { root } from '../../scripts/lessons.ts';
import { UserError } from '../../scripts/user-error.ts';
import { currentRun } from '../harness/run.ts';

/** What Gradescope has in its container as /autograder, with the archive unpacked in `source`. */
let autograder: string;
let archive: string;
const modes = new Map<string, number>();

beforeAll(async () => {
  const directory = currentRun().directory('gradescope');
  archive = join(directory, 'autograder.zip');
  await packageAutograder(['gradescope', '--lesson', 'tcp-echo', '--out', archive]);
  autograder = join(directory, 'autograder');
  await unpack(archive, join(autograder, 'source'));
  cpSync(join(autograder, 'source/run_autograder'), join(autograder, 'run_autograder'));
  mkdirSync(join(autograder, 'submission'));
});

describe('the archive', () => {
  test('has its two scripts at the top, which can be run, and the workbook beside them', () => {
    expect(new Set([...modes.keys()].map((path) => path.split('/')[0]))).toEqual(
      new Set(['run_autograder', 'setup.sh', 'workbook']),
    );
    expect(modes.get('setup.sh')).toBe(0o100755);
    expect(modes.get('run_autograder')).toBe(0o100755);
    expect(modes.get('workbook/package.json')).toBe(0o100644);
  });

  test('has nothing in it that does not belong to the workbook', () => {
    const top = new Set([...modes.keys()].map((path) => path.split('/')[1] ?? path));
    expect([...top].sort()).toEqual(
      [
        'LICENSE',
        'README.md',
        'exercises',
        'notes',
        'package-lock.json',
        'package.json',
        'run_autograder',
        'scripts',
        'setup.sh',
        'solutions',
        'test',
        'tsconfig.json',
        'vitest.config.ts',
      ].sort(),
    );
    expect([...modes.keys()].filter((path) => /node_modules|\/\./.test(path))).toEqual([]);
  });

  test('holds the files as they are, under names that every unpacker reads', () => {
    for (const path of ['package-lock.json', 'scripts/grade/record.ts', 'test/tcp-echo.test.ts'])
      expect(readFileSync(join(autograder, 'source/workbook', path))).toEqual(
        readFileSync(join(root, path)),
      );
  });

  test('is the same in every time zone', async () => {
    const time = process.env.TZ;
    try {
      const zips = [];
      for (const zone of ['America/New_York', 'Asia/Shanghai']) {
        process.env.TZ = zone;
        zips.push(sha256(await autograderZip('tcp-echo')));
      }
      expect(new Set(zips).size).toBe(1);
    } finally {
      if (time === undefined) delete process.env.TZ;
      else process.env.TZ = time;
    }
  });

  test.each(['setup.sh', 'run_autograder'])(
    '%s is a bash script without faults of grammar',
    (name) => {
      const { status, stderr } = spawnSync('bash', ['-n', join(autograder, 'source', name)]);
      expect([status, stderr.toString()]).toEqual([0, '']);
    },
  );
});

describe('run_autograder', () => {
  test('grades the submission, and leaves what the grader wrote', () => {
    const { status, asked } = run(`printf '{"score": 100}' > "$OUT"`);
    expect(status).toBe(0);
    expect(results()).toEqual({ score: 100 });
    expect(asked.slice(0, 5)).toEqual(['run', '--silent', 'grade', '--', 'one']);
    expect(asked[5]).toBe(join(autograder, 'submission'));
    expect(asked.slice(8)).toEqual(['--format', 'gradescope', '--lesson', 'tcp-echo']);
    // What it was written into is not left behind.
    expect(existsSync(dirname(asked[7] ?? ''))).toBe(false);
  });

  test('takes a result although the grader had trouble, and tells the instructor', () => {
    const { status, stderr } = run(`printf '{"score": 85}' > "$OUT"; exit 75`);
    expect(status).toBe(0);
    expect(stderr).toContain('ended with status 75');
    expect(results()).toEqual({ score: 85 });
  });

  test.each([
    ['without a result', 'exit 3'],
    ['with half a result', `printf '{"score": 10' > "$OUT"; exit 3`],
  ])('never makes 0 points of a grader that ends %s', (_, script) => {
    const { status, stderr } = run(script);
    expect(status).toBe(1);
    expect(stderr).toContain('the grader left no result, status 3');
    expect(results()).not.toHaveProperty('score');
    expect(results().output).toMatch(/^Not graded, no points are lost: .*status 3/);
  });

  test('leaves a reason even if it is killed, and not the result of an earlier run', () => {
    run(`printf '{"score": 100}' > "$OUT"`);
    const { signal } = run('kill -KILL $PPID');
    expect(signal).toBe('SIGKILL');
    expect(results()).not.toHaveProperty('score');
    expect(results().output).toContain('did not come to its end');
  });

  test('lets nobody else into the results', () => {
    run(`printf '{"score": 100}' > "$OUT"`);
    expect(readdirSync(join(autograder, 'results'))).toEqual(['results.json']);
    const { stdout } = spawnSync('stat', ['-c', '%a', join(autograder, 'results')]);
    expect(stdout.toString().trim()).toBe('700');
  });

  test('says so if there is no workbook', () => {
    const bare = currentRun().directory('bare');
    cpSync(join(autograder, 'run_autograder'), join(bare, 'run_autograder'));
    const { status, stderr } = spawnSync(join(bare, 'run_autograder'));
    expect([status, stderr.toString()]).toEqual([
      1,
      expect.stringContaining('the workbook is not where setup.sh left it'),
    ]);
  });
});

describe('the command', () => {
  test.each([
    [[], 'usage'],
    [['moodle'], 'usage'],
    [['gradescope', 'tcp-echo'], 'usage'],
    [['gradescope', '--lessn', 'tcp-echo'], 'usage'],
    [['gradescope', '--lesson', 'tcp-eco'], 'Did you mean "tcp-echo"?'],
    [['gradescope', '--out', '/nowhere/autograder.zip'], 'there is no such directory'],
  ])('%j is one clear line', async (words, line) => {
    const error = await packageAutograder(words).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).message).toContain(line);
  });

  test('leaves no half archive behind', async () => {
    const directory = currentRun().directory('taken');
    mkdirSync(join(directory, 'autograder.zip'));
    const made = packageAutograder(['gradescope', '--out', join(directory, 'autograder.zip')]);
    await expect(made).rejects.toThrow('it is a directory');
    expect(readdirSync(directory)).toEqual(['autograder.zip']);
  });
});

/** Runs run_autograder with a grader that does what `script` says; `$OUT` is where it was told to write. */
function run(script: string) {
  const bin = currentRun().directory('bin');
  const asked = join(bin, 'asked');
  writeFileSync(
    join(bin, 'npm'),
    `#!/bin/sh\nprintf '%s\\n' "$@" > '${asked}'\nwhile [ "$1" != --out ]; do shift; done\nOUT="$2"\n${script}\n`,
  );
  chmodSync(join(bin, 'npm'), 0o755);
  const { status, signal, stderr } = spawnSync(join(autograder, 'run_autograder'), {
    cwd: autograder,
    env: { ...process.env, PATH: `${bin}:${dirname(process.execPath)}:${process.env.PATH}` },
  });
  const words = readFileSync(asked, 'utf8').trimEnd().split('\n');
  return { status, signal, stderr: stderr.toString(), asked: words };
}

function results(): Record<string, unknown> {
  return JSON.parse(readFileSync(join(autograder, 'results/results.json'), 'utf8'));
}

async function unpack(path: string, to: string): Promise<void> {
  const zip = await openPromise(path);
  for await (const entry of zip.eachEntry()) {
    const mode = entry.externalFileAttributes >>> 16;
    modes.set(entry.fileName, mode);
    const file = join(to, entry.fileName);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, await buffer(await zip.openReadStreamPromise(entry)), { mode });
  }
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
