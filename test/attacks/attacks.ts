// Submissions that attack the grader: what each tries, and what it has honestly earned. Their files stand beside this one,
// as a student would hand them in; archives that cannot stand in git are built. scripts/prove/attacks.ts tries them.
//
// An attack that cannot succeed anywhere proves nothing. Those with `openTo` have been seen to succeed, in a sandbox around
// the judge and with none between the judge and the program (`none`), or before the hole that they name was closed.
import { execFileSync } from 'node:child_process';
import { createWriteStream, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { gzipSync } from 'node:zlib';
import { pack, type Header } from 'tar-stream';
import { ZipFile } from 'yazl';
import type { GradeRecord } from '../../scripts/grade/record.ts';
import { root } from '../../scripts/lessons.ts';

export interface Attack {
  readonly id: string;
  /** What it tries, in a sentence. */
  readonly trick: string;
  readonly lesson: string;
  /** Of the points of {@link JUDGED}, those that the program has honestly earned. */
  readonly mayEarn: number;
  /** Where it has been seen to succeed. Without it: it has not, or it is a bomb or an archive, which nobody has tried without. */
  readonly openTo?: string;
  /** It exhausts something: what comes of it takes a minute. */
  readonly bomb?: true;
  /** Writes the hostile submission into the folder of a class, where it is the only one. */
  build?(directory: string): Promise<void> | void;
  /** What is wrong beyond the points; undefined if all is well. */
  seen?(record: GradeRecord): string | undefined;
}

/** The checks of tcp-echo by which attacks are judged: some of each sort, so that all of them together take minutes, not hours. */
export const JUDGED = ['any-port', 'echo-line', 'echo-bytes', 'client-sends'] as const;

const SOLUTION = join(root, 'solutions', 'tcp-echo', 'server.ts');
const SERVER = 'exercises/tcp-echo/server.ts';
const MIB = 1024 * 1024;

export const attacks: readonly Attack[] = [
  // --- the solution, the checks, the judge ---
  attack('reads-solution', 'walks the file system for the solution and runs it', {
    openTo: 'none',
  }),
  attack('reads-tests', 'reads the checks and the harness', { openTo: 'none' }),
  attack('imports-solution', 'imports the solution by a relative path', {}),
  attack('imports-absolute', 'imports the solution by an absolute path', {}),
  attack('imports-later', 'loads the solution while it runs, by the workbook’s own loader', {
    openTo: 'none',
  }),
  attack('imports-harness', 'imports the harness as #harness', {}),
  attack(
    'own-config',
    'brings package.json, tsconfig, .npmrc, vitest.config.ts and modules along',
    {
      openTo: 'an intake that takes all files',
      seen: ({ refused }) => (refused.length > 0 ? 'harmless files are refused' : undefined),
    },
  ),
  attack('swaps-its-directory', 'puts the solutions in the place of its directory', {
    openTo: 'none; namespaces, while the directory belonged to the student’s user',
  }),
  attack('changes-what-is-run', 'writes over all of the grader’s files that it can reach', {}),
  attack('reads-the-reference', 'reads the reference program that runs beside it', {
    openTo: 'none',
  }),
  attack('looks-into-the-judge', 'opens environment, memory and files of the judge', {
    openTo: 'none',
  }),
  attack('opens-an-inspector', 'has the judge open its inspector', { openTo: 'none' }),

  // --- a verdict that is not earned ---
  attack('forges-the-ready-line', 'says that it listens, and does not', {}),
  attack('forges-verdicts', 'prints the judge’s protocol on all descriptors', {}),
  attack('forges-results', 'writes files of results wherever it can', {}),
  attack('one-seed', 'knows the bytes of one seed', {
    mayEarn: 4,
    openTo: 'a grader with that seed',
  }),
  // Text that is the same for every seed can be told in advance: that is no fault of the sandbox.
  attack('knows-its-check', 'tells one check from another by its directory', {
    mayEarn: 12,
    openTo: 'namespaces: directories are named after checks',
  }),

  // --- trouble that would look like the grader's own, and cost no points ---
  attack('locks-its-directory', 'leaves what cannot be cleared away', {
    openTo: 'namespaces, while what could not be cleared away was trouble of the grader',
  }),
  attack('locks-the-run', 'locks the directories of the next checks', {
    openTo: 'namespaces, while they belonged to the student’s user',
  }),
  attack('false-witness', 'lies in a file that the judge reads', {
    openTo: 'none and namespaces, while the judge believed it',
  }),
  attack('kills-everybody', 'ends every process', { openTo: 'none' }),
  attack('stops-everybody', 'stops every process', {
    openTo: 'none; namespaces, while the compiler had the student’s user',
  }),
  attack('changes-its-environment', 'plants modules, tools and settings', {}),

  // --- out of the sandbox ---
  attack('leaves-its-cell', 'asks for namespaces, mounts, other users and devices', {
    openTo: 'none; namespaces, while a user could make namespaces in it',
  }),
  attack('looks-around', 'looks for other programs and a way out on the network', {
    openTo: 'user: it lets an echo server of somebody else do its work',
  }),
  attack('outlives-its-check', 'leaves a hidden process that serves in all later checks', {
    openTo: 'none',
  }),

  // --- bombs: a failed check, and not trouble ---
  attack('forks-without-end', 'forks as fast as it can', { bomb: true }),
  attack('takes-all-memory', 'takes memory outside of the heap', { bomb: true }),
  attack('hides-its-memory', 'takes memory in nameless files and in a child that hides', {
    bomb: true,
  }),
  attack('fills-the-disk', 'fills the disk outside of its directory', { bomb: true }),
  attack('takes-all-inodes', 'makes files until there is no inode left', { bomb: true }),
  attack('prints-without-end', 'prints without end and hears no signal', { bomb: true }),
  attack('never-ends', 'uses the processor for ever, in four processes', { bomb: true }),

  // --- who reads the report ---
  attack('speaks-to-the-reader', 'prints what terminals, browsers and spreadsheets obey', {
    async build(directory) {
      const name = '=1+1<img src=x>\u202e\u001b[2J';
      const to = join(directory, name, 'exercises', 'tcp-echo');
      mkdirSync(to, { recursive: true });
      execFileSync('cp', [
        join(import.meta.dirname, 'speaks-to-the-reader', SERVER.replace('.ts', '.py')),
        to,
      ]);
      writeFileSync(
        join(directory, name, '</pre><script>alert(1)</script>\u001b[31m'.replaceAll('/', '∕')),
        '',
      );
      symlinkSync('nowhere', join(to, '<b>\u001b]0;mine\u0007\n'));
    },
    seen: ({ refused }) =>
      refused.length === 2 ? undefined : `${refused.length} names are refused instead of 2`,
  }),

  // --- archives and trees that git cannot hold ---
  attack('links-in-a-folder', 'links to the solution, to its folder, to nowhere', {
    build(directory) {
      const at = join(directory, '李雷');
      mkdirSync(join(at, 'exercises', 'tcp-echo'), { recursive: true });
      symlinkSync(SOLUTION, join(at, SERVER));
      symlinkSync('/nowhere', join(at, 'exercises', 'tcp-echo', 'client.ts'));
      symlinkSync(join(root, 'solutions'), join(at, 'solved'));
      symlinkSync(join(root, 'solutions', 'tcp-echo'), join(at, 'tcp-echo'));
    },
    seen: refuses(/link/, 4),
  }),
  attack('links-in-archives', 'links to the solution, symbolic ones and hard ones, in a tar', {
    build: (directory) =>
      writeTar(join(directory, '韩梅梅.tar.gz'), [
        [{ name: SERVER, type: 'symlink', linkname: SOLUTION }],
        [{ name: 'exercises/tcp-echo/client.ts', type: 'link', linkname: SOLUTION }],
        [
          {
            name: 'exercises/tcp-echo',
            type: 'symlink',
            linkname: join(root, 'solutions/tcp-echo'),
          },
        ],
      ]),
    seen: refuses(/link/, 3),
  }),
  attack('links-in-a-zip', 'a link to the solution in a zip', {
    build: (directory) =>
      writeZip(join(directory, '小红.zip'), [[SERVER, SOLUTION, { mode: 0o120_777 }]]),
    seen: refuses(/link/, 1),
  }),
  attack(
    'leads-out',
    'writes outside of the submission: .., absolute, a link and then through it',
    {
      build: (directory) =>
        writeTar(join(directory, '小明.tar'), [
          [{ name: `../../${SERVER}` }, 'process.exit(1);'],
          [{ name: `/tmp/${SERVER}` }, 'process.exit(1);'],
          [{ name: 'x', type: 'symlink', linkname: '/tmp' }],
          [{ name: '.git/hooks/post-checkout', mode: 0o755 }, 'exit 1'],
        ]),
      seen: refuses(/leads out|absolute|link/, 3),
    },
  ),
  attack('special-files', 'devices, pipes and a file with holes in the place of programs', {
    build: (directory) =>
      writeTar(join(directory, '小刚.tar'), [
        [{ name: SERVER, type: 'character-device', devmajor: 1, devminor: 5 }],
        [{ name: 'exercises/tcp-echo/client.ts', type: 'fifo' }],
        [{ name: 'exercises/udp/server.ts', type: 'block-device', devmajor: 254, devminor: 0 }],
      ]),
    seen: refuses(/device|pipe/, 3),
  }),
  attack('many-entries', '100,000 entries', {
    async build(directory) {
      const header = (await tarOf([[{ name: 'x' }]])).subarray(0, 512);
      const bytes = Buffer.concat([...Array<Buffer>(100_000).fill(header), Buffer.alloc(1024)]);
      writeFileSync(join(directory, '李雷.tar.gz'), gzipSync(bytes));
    },
    seen: ({ lessons: [mark] }) =>
      mark?.state === 'ungraded' && /more than/.test(mark.why ?? '') ? undefined : 'it is read',
  }),
  attack('archive-bombs', 'a file of 64 MiB behind 64 KiB, and a huge one beside it', {
    build: (directory) =>
      writeZip(join(directory, '韩梅梅.zip'), [
        [SERVER, Buffer.alloc(64 * MIB)],
        ['exercises/tcp-echo/client.ts', Buffer.alloc(2 * MIB, ' ')],
      ]),
    seen: refuses(/larger than/, 2),
  }),
];

function attack(id: string, trick: string, rest: Partial<Attack>): Attack {
  return { id, trick, lesson: 'tcp-echo', mayEarn: 0, ...rest };
}

/** Says what is wrong unless just so many entries are refused, each for such a reason. */
function refuses(why: RegExp, count: number): (record: GradeRecord) => string | undefined {
  return ({ refused }) => {
    const rightly = refused.filter((one) => why.test(one.why));
    if (rightly.length === count && refused.length === count) return undefined;
    return `refused: ${refused.map((one) => `${one.path}: ${one.why}`).join('; ') || 'nothing'}`;
  };
}

type TarEntry = readonly [Partial<Header> & { readonly name: string }, string?];

async function tarOf(entries: readonly TarEntry[]): Promise<Buffer> {
  const tar = pack();
  for (const [header, content = ''] of entries) tar.entry(header as Header, content);
  tar.finalize();
  return await buffer(tar as unknown as NodeJS.ReadableStream);
}

async function writeTar(path: string, entries: readonly TarEntry[]): Promise<void> {
  const bytes = await tarOf(entries);
  writeFileSync(path, path.endsWith('gz') ? gzipSync(bytes) : bytes);
}

async function writeZip(
  path: string,
  entries: readonly (readonly [string, string | Buffer, { readonly mode: number }?])[],
): Promise<void> {
  const zip = new ZipFile();
  for (const [name, content, { mode } = { mode: 0o100_644 }] of entries)
    zip.addBuffer(Buffer.from(content), name, { mode, mtime: new Date(0) });
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(path));
}
