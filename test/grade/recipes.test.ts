// Proves the recipes for more than one machine: the workflow and the Job against their schemas, GNU parallel for real, and
// that the parts of a class are together the class.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as WorkflowParser from '@actions/workflow-parser';
import { build } from 'esbuild';
import { Job } from 'kubernetes-models/batch/v1';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { probe } from '../../scripts/grade/sandbox.ts';
import { root } from '../../scripts/lessons.ts';
import type { GradeRecord } from '../../scripts/grade/record.ts';
import { currentRun } from '../harness/run.ts';
import { grade } from './command.ts';

const { level } = await probe();
const recipe = (name: string) => join(root, 'scripts/grade/recipes', name);
const textOf = (name: string) => readFileSync(recipe(name), 'utf8');
const hasParallel = spawnSync('parallel', ['--version']).status === 0;

describe('GitHub Actions', () => {
  const faultsOf = async (content: string) => {
    const { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } =
      await workflowParser();
    const { context, value } = parseWorkflow(
      { name: 'grade.yml', content },
      new NoOperationTraceWriter(),
    );
    if (value) await convertWorkflowTemplate(context, value);
    return context.errors.getErrors().map(({ message }) => message);
  };

  test('the workflow is one', async () => {
    const text = textOf('github-actions.yml');
    expect(await faultsOf(text)).toEqual([]);
    expect(await faultsOf(text.replace('runs-on:', 'run-on:'))).not.toEqual([]);
    expect(await faultsOf(text.replace('matrix.part }}/10', 'matrix.part }/10'))).not.toEqual([]);
  });

  test('its jobs are all parts of the class', () => {
    const { jobs } = parse(textOf('github-actions.yml')) as Workflow;
    const parts = jobs.grade.strategy.matrix.part;
    expect(parts).toEqual(parts.map((_, index) => index + 1));
    expect(textOf('github-actions.yml')).toContain(`matrix.part }}/${parts.length} `);
  });
});

/** It is made for bundlers: node does not import JSON without being told so. */
async function workflowParser(): Promise<typeof WorkflowParser> {
  const outfile = join(currentRun().directory('parser'), 'workflow-parser.mjs');
  const entryPoints = ['@actions/workflow-parser'];
  await build({
    entryPoints,
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  });
  return (await import(pathToFileURL(outfile).href)) as typeof WorkflowParser;
}

interface Workflow {
  readonly jobs: {
    readonly grade: {
      readonly strategy: { readonly matrix: { readonly part: readonly number[] } };
    };
  };
}

describe('Kubernetes', () => {
  const [job, policy] = parseAllDocuments(textOf('kubernetes-job.yaml')).map(
    (document) => document.toJS() as JobText & Record<string, unknown>,
  );

  test('the Job and its network policy are such', () => {
    new Job(job as never).validate();
    new NetworkPolicy(policy as never).validate();
    const wrong = { ...job, spec: { ...job?.spec, completions: 'ten' } };
    expect(() => new Job(wrong as never).validate()).toThrow(/completions/);
  });

  test('its pods are all parts of the class', () => {
    const spec = job?.spec;
    expect(spec?.completionMode).toBe('Indexed');
    const script = spec?.template.spec.containers[0]?.args.join() ?? '';
    expect(script).toContain(`"$part/${spec?.completions}"`);
    // What a shell would say of it, without running it.
    expect(spawnSync('sh', ['-n', '-c', script]).status).toBe(0);
  });
});

interface JobText {
  readonly spec: {
    readonly completionMode: string;
    readonly completions: number;
    readonly template: {
      readonly spec: { readonly containers: readonly { readonly args: readonly string[] }[] };
    };
  };
}

describe.skipIf(level === 'none')('a class in parts', { timeout: 240_000 }, () => {
  const students = ['张 三', '李雷', "王'小五"];

  test.skipIf(!hasParallel)(
    'GNU parallel grades each submission once, and goes on where it was',
    () => {
      const report = join(currentRun().directory('reports'), 'parallel');
      const start = () =>
        spawnSync('sh', [recipe('parallel.sh'), classOf(students), report, '--jobs', '2'], {
          cwd: root,
          encoding: 'utf8',
          env: { ...process.env, SEED: 'abcd', LESSON: 'tcp-echo', NO_COLOR: '1' },
        });
      const { status, stdout, stderr } = start();
      expect(status, stderr).toBe(0);
      expect(pointsIn(report)).toEqual(Object.fromEntries(students.map((name) => [name, 100])));
      expect(stdout).toContain('李雷');
      expect(existsSync(join(report, 'report.html'))).toBe(true);
      const log = readFileSync(join(report, 'jobs.tsv'), 'utf8');
      expect(start().status).toBe(0);
      expect(readFileSync(join(report, 'jobs.tsv'), 'utf8')).toBe(log);
    },
  );

  test('the shards of a class are together the class', async () => {
    const folder = classOf(students);
    const parts = [1, 2].map((part) => join(currentRun().directory('reports'), `${part}`));
    for (const [index, part] of parts.entries()) {
      const shard = ['--shard', `${index + 1}/2`, '--seed', 'abcd', '--resume'];
      expect((await grade(folder, '--out', part, '--lesson', 'tcp-echo', ...shard)).status).toBe(0);
    }
    const [some = '', others = ''] = parts;
    expect(Object.keys(pointsIn(some)).length + Object.keys(pointsIn(others)).length).toBe(3);
    const report = join(currentRun().directory('reports'), 'whole');
    const { status, stderr } = await grade('merge', ...parts, '--out', report);
    expect([status, stderr]).toEqual([0, '']);
    expect(pointsIn(report)).toEqual(Object.fromEntries(students.map((name) => [name, 100])));
  });

  test.each(['0/2', '3/2', '1', 'x/2'])('--shard %s is told in one line', async (shard) => {
    const { status, stderr } = await grade(classOf(['李雷']), '--out', 'report', '--shard', shard);
    expect(status).toBe(2);
    expect(stderr).toContain('--shard takes a part and how many there are: 3/10');
  });
});

/** A class of right programs. */
function classOf(students: readonly string[]): string {
  const folder = currentRun().directory('class');
  for (const student of students) {
    const to = join(folder, student, 'exercises', 'tcp-echo');
    mkdirSync(to, { recursive: true });
    cpSync(join(root, 'solutions', 'tcp-echo'), to, { recursive: true });
  }
  return folder;
}

function pointsIn(report: string): Record<string, number | undefined> {
  return Object.fromEntries(
    readdirSync(join(report, 'results')).map((name) => {
      const text = readFileSync(join(report, 'results', name), 'utf8');
      const { student, lessons } = JSON.parse(text) as GradeRecord;
      return [student, lessons[0]?.points];
    }),
  );
}
