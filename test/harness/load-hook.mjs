// A module load hook for programs under check: hands out the transformed text of the .ts files named in a table
// (`?table=<file>` of this module's own URL: JSON pairs of [file URL, transformed file]). See transform.ts.
import { readFileSync } from 'node:fs';
import * as module from 'node:module';

const table = new URL(import.meta.url).searchParams.get('table');
const files = new Map(JSON.parse(readFileSync(table, 'utf8')));

/** The load hook, see https://nodejs.org/docs/latest-v20.x/api/module.html#loadurl-context-nextload */
export function load(url, context, nextLoad) {
  const transformed = files.get(url);
  if (!transformed) return nextLoad(url, context);
  return { format: 'module', source: readFileSync(transformed, 'utf8'), shortCircuit: true };
}

// Node 22.15 and later run hooks in the thread that loads modules. Node 20 runs them in another, which loads this file
// again, as `?role=hook`. Worker threads load it too, through `--import`, and need the hook like the main thread.
const self = new URL(import.meta.url);
if (module.registerHooks) {
  module.registerHooks({ load });
} else if (!self.searchParams.has('role')) {
  self.searchParams.set('role', 'hook');
  module.register(self.href);
}
