// `npm run ex -- new <name>`: the skeleton of a lesson in every tree. What is still empty in it, `npm test` then names.
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { commands } from '../command-line.ts';
import { lessons, root } from '../lessons.ts';
import { print } from '../screen.ts';
import { UserError } from '../user-error.ts';

export async function newLesson([name, ...rest]: readonly string[]): Promise<void> {
  if (name === undefined || rest.length > 0) throw new UserError('usage: npm run ex -- new <name>');
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) {
    throw new UserError(
      `"${name}" cannot name a lesson: small letters and digits, parts joined by a hyphen`,
    );
  }
  if ((commands as readonly string[]).includes(name))
    throw new UserError(`"${name}" is a command of the runner`);
  if (lessons.some((lesson) => lesson.name === name))
    throw new UserError(`there is a lesson ${name} already`);

  const files = skeleton(name);
  const standing = [...files.keys()].filter((path) => existsSync(join(root, path)));
  if (standing.length > 0) throw new UserError(`${standing.join(', ')} stands there already`, 1);
  for (const [path, text] of files) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  await enterIntoList(name);
  print(
    '',
    ...[...files.keys(), 'scripts/lessons.ts (entered at the end of the list)'].map(
      (path) => `  ${path}`,
    ),
  );
  print(
    '',
    '  Now: npx vitest run test/workbook.test.ts   names what is still empty. The steps: CONTRIBUTING.md',
    '',
  );
}

const LIST_END = '\n];\n\n/** The root of the workbook. */';

async function enterIntoList(name: string): Promise<void> {
  const file = join(root, 'scripts', 'lessons.ts');
  const text = await readFile(file, 'utf8');
  if (!text.includes(LIST_END))
    throw new Error('the end of the list in scripts/lessons.ts was not found');
  const entry = `
  {
    name: '${name}',
    title: 'TO WRITE: what it is about',
    chinese: '待写',
    programs: [{ name: 'program' }],
    needs: [],
    ports: [],
  },`;
  await writeFile(file, text.replace(LIST_END, `${entry}${LIST_END}`));
}

/** `TO WRITE` marks what an author must replace; the self-check finds each. */
function skeleton(name: string): Map<string, string> {
  return new Map([
    [
      `exercises/${name}/README.md`,
      `# ${name}: TO WRITE (待写)

> This starter fails on purpose. It says where it stops; you make it go further, step by step.

## Goal

TO WRITE

## Try it

TO WRITE: a transcript of the finished lesson.

## Predict

TO WRITE: what do you think will happen?

## The contract

TO WRITE: MUST and MAY, with the bytes shown.

## Steps

1. **TO WRITE** (\`program.ts\`). What, not how. You may ignore: …

## Bad input

| What comes | What the program does |
| --- | --- |
| TO WRITE | TO WRITE |

## After you pass

TO WRITE: one why-question, and what real software does.
`,
    ],
    [`exercises/${name}/program.ts`, program(name, "todo('step 1: TO WRITE');")],
    [
      `solutions/${name}/program.ts`,
      program(name, "console.log('TO WRITE');").replace("import { todo } from '#todo';\n\n", ''),
    ],
    [`notes/${name}.md`, `# ${name}: TO WRITE (待写)\n\nTO WRITE: the idea behind the lesson.\n`],
    [
      `notes/hints/${name}.md`,
      `# Hints for ${name}\n\n## Step 1: TO WRITE\n\n1. TO WRITE: a question\n2. TO WRITE: the idea, and its place in the note\n3. TO WRITE: the place in the file\n4. TO WRITE: the shape of the code\n`,
    ],
    [
      `test/${name}.test.ts`,
      `// The graded checks of ${name}. TO WRITE
import { lesson } from '#harness';

export default lesson({
  lesson: '${name}',
  steps: ['TO WRITE'],
  checks: [
    {
      id: 'first',
      step: 1,
      points: 100,
      title: 'TO WRITE: a claim that a learner can read',
      async run(trial) {
        const program = await trial.start('program');
        await program.ended('after it has done its work');
        trial.must(program.stdout.text === 'TO WRITE', {
          saw: \`it printed: \${program.stdout.text}\`,
          expected: 'TO WRITE',
        });
      },
    },
  ],
  diagnoses: [],
});
`,
    ],
    [
      `scripts/demos/${name}.ts`,
      `// The demo of ${name}. TO WRITE
import type { Demo } from '../commands/demo.ts';

const demo: Demo = {
  actors: ['program'],
  about: 'TO WRITE: what there is to see.',
  async play(trial) {
    const program = await trial.start('program');
    await program.ended('after it has done its work');
  },
};

export default demo;
`,
    ],
  ]);
}

function program(name: string, body: string): string {
  return `// TO WRITE: what this program shows.
//
// Try it: npm run ex -- ${name}
import { todo } from '#todo';

${body.startsWith('todo') ? '// TODO: step 1: TO WRITE, in a full sentence.\n' : ''}${body}
`;
}
