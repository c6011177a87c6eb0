// `npm run grade -- package gradescope [--lesson x] [--out autograder.zip]`: the workbook as an autograder that is uploaded.
// https://gradescope-autograders.readthedocs.io/en/latest/specs/
import { readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { ZipFile } from 'yazl';
import { findLesson, lessons, root } from '../lessons.ts';
import { print } from '../screen.ts';
import { UserError } from '../user-error.ts';
import { codeOf, refusal } from '../workbook-dir.ts';

/** Makes the archive, and says what to do with it. Throws {@link UserError}. */
export async function packageAutograder(words: readonly string[]): Promise<void> {
  const { lesson, out } = readWords(words);
  const content = await autograderZip(lesson);
  await writeWhole(out, content);
  const size = `${(content.length / 1024 / 1024).toFixed(1)} MB`;
  print(
    '',
    `  ${out} (${size}) grades ${lesson ?? 'every lesson'}.`,
    '  Gradescope: Programming Assignment, Configure Autograder, upload it, base image Ubuntu.',
    `  Autograder points: ${100 * (lesson ? 1 : lessons.length)}. Time limit: 40 minutes; memory: 2 GB or more.`,
    '',
  );
}

/** The bytes of the archive: the same tree gives the same bytes on every machine. */
export async function autograderZip(lesson?: string): Promise<Buffer> {
  const zip = new ZipFile();
  // In local time: the old form of a zip's times has no zone, so this is the same everywhere.
  const mtime = new Date(2000, 0, 1);
  const add = (path: string, content: Buffer, mode: number) =>
    zip.addBuffer(content, path, { mtime, mode, forceDosTimestamp: true });
  add('run_autograder', Buffer.from(runAutograder(lesson)), 0o100755);
  add('setup.sh', Buffer.from(SETUP), 0o100755);
  for (const path of await tree())
    add(`workbook/${path}`, await readFile(join(root, path)), 0o100644);
  zip.end();
  return await buffer(zip.outputStream);
}

/** Only what the workbook is made of: beside it may lie submissions, reports and whatever else is nobody's business. */
const TREE = [
  'LICENSE',
  'README.md',
  'exercises',
  'notes',
  'package-lock.json',
  'package.json',
  'scripts',
  'solutions',
  'test',
  'tsconfig.json',
  'vitest.config.ts',
];

/** Paths of files relative to the root, sorted by their code units. Nothing hidden, no links. */
async function tree(): Promise<string[]> {
  const paths: string[] = [];
  const visit = async (path: string): Promise<void> => {
    for (const entry of await readdir(join(root, path), { withFileTypes: true })) {
      if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
      if (entry.isDirectory()) await visit(`${path}/${entry.name}`);
      else if (entry.isFile()) paths.push(`${path}/${entry.name}`);
    }
  };
  for (const path of TREE) {
    if ((await stat(join(root, path))).isDirectory()) await visit(path);
    else paths.push(path);
  }
  return paths.sort();
}

function readWords(words: readonly string[]): { lesson?: string; out: string } {
  const { values, positionals } = parse(words);
  if (positionals.length !== 1 || positionals[0] !== 'gradescope') throw new UserError(USAGE);
  const lesson = values.lesson === undefined ? {} : { lesson: findLesson(values.lesson).name };
  return { ...lesson, out: values.out };
}

const USAGE =
  'usage: npm run grade -- package gradescope [--lesson <lesson>] [--out autograder.zip]';

function parse(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      options: { lesson: { type: 'string' }, out: { type: 'string', default: 'autograder.zip' } },
      allowPositionals: true,
    });
  } catch (error) {
    if (!codeOf(error).startsWith('ERR_PARSE_ARGS_')) throw error;
    throw new UserError(USAGE, 2, { cause: error });
  }
}

/** Half an archive must not be uploaded: it stands under its name when it is whole. */
async function writeWhole(out: string, content: Buffer): Promise<void> {
  const part = `${resolve(out)}.part`;
  try {
    await writeFile(part, content);
    await rename(part, resolve(out));
  } catch (error) {
    await rm(part, { force: true });
    const reason =
      refusal(error) ??
      { ENOENT: 'there is no such directory', EISDIR: 'it is a directory' }[codeOf(error)];
    if (!reason) throw error;
    throw new UserError(`${basename(out)} cannot be written: ${reason}`, 1, { cause: error });
  }
}

/** Runs once, as root, when Gradescope builds the image. A line that fails ends the build, where an instructor sees it. */
const SETUP = `#!/usr/bin/env bash
# Installs what the workbook needs: Node 22 from nodejs.org, its packages, and bubblewrap where it can be had.
set -euo pipefail
cd "$(dirname "\${BASH_SOURCE[0]}")/workbook"
export DEBIAN_FRONTEND=noninteractive

apt-get update
apt-get install -y --no-install-recommends ca-certificates curl procps xz-utils
apt-get install -y --no-install-recommends bubblewrap ||
  echo "setup: no bubblewrap; the grader keeps programs apart by user instead" >&2

case "$(uname -m)" in
  x86_64) arch=x64 ;;
  aarch64) arch=arm64 ;;
  *) echo "setup: there is no Node for $(uname -m) here" >&2; exit 1 ;;
esac
from=https://nodejs.org/dist/latest-v22.x
at="$(mktemp -d)"
curl -fsSL --retry 3 -o "$at/sums" "$from/SHASUMS256.txt"
line="$(grep -E "  node-v22[0-9.]*-linux-$arch\\.tar\\.xz$" "$at/sums")"
archive="\${line##* }"
curl -fsSL --retry 3 -o "$at/$archive" "$from/$archive"
(cd "$at" && echo "$line" | sha256sum -c -)
tar -xJf "$at/$archive" -C /usr/local --strip-components=1
rm -rf "$at"
hash -r

npm ci --no-audit --no-fund
npm run --silent ex -- help > /dev/null
# Where there can be no namespaces, students' programs run as a user of their own, who must not be able to read these.
npm run --silent grade -- sandbox | grep -q '^namespaces' || chmod -R o-rwx solutions test
echo "setup: ready, Node $(node --version)"
`;

/**
 * Runs for each submission, as root. It first leaves a result without a score: whatever happens after that, nobody gets 0
 * points for it. The name of a lesson is safe to put in: it is one of scripts/lessons.ts.
 */
function runAutograder(lesson: string | undefined): string {
  return `#!/usr/bin/env bash
# Grades /autograder/submission and leaves /autograder/results/results.json. Gradescope starts a copy of it in /autograder.
set -uo pipefail
base="$(cd "$(dirname "\${BASH_SOURCE[0]}")" && pwd)"
results="$base/results"
PATH="$PATH:/usr/local/bin"

# A result that has no score is no result for Gradescope: a person has to look, and no points are lost.
ungraded() {
  printf '{"output": "%s", "output_format": "text", "stdout_visibility": "hidden"}\\n' "$1" > "$results/.new" &&
    mv -f "$results/.new" "$results/results.json"
}

fail() {
  echo "run_autograder: $1" >&2
  ungraded "Not graded, no points are lost: the autograder itself had trouble, not your program. ($1)"
  exit 1
}

mkdir -p "$results" && chmod 700 "$results" && ungraded "Not graded, no points are lost: the autograder did not come to its end." ||
  { echo "run_autograder: $results cannot be written" >&2; exit 1; }

out="$(mktemp -d)" || fail "no directory for temporary files"
trap 'rm -rf "$out"' EXIT
cd "$base/source/workbook" || fail "the workbook is not where setup.sh left it"

npm run --silent grade -- one "$base/submission" --out "$out/results.json" --format gradescope${lesson ? ` --lesson ${lesson}` : ''}
status=$?
[ "$status" = 0 ] || echo "run_autograder: the grader ended with status $status" >&2

node -e 'JSON.parse(require("fs").readFileSync(process.argv[1], "utf8"))' "$out/results.json" ||
  fail "the grader left no result, status $status"
cp "$out/results.json" "$results/.new" && mv -f "$results/.new" "$results/results.json" ||
  fail "the result could not be written"
`;
}
