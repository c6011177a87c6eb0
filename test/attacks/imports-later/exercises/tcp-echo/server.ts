// Imports the solution while it runs, by way of the workbook's own TypeScript loader.
import { createRequire } from 'node:module';

const load = createRequire('/workbook/package.json');
load('tsx/cjs');
load('/workbook/solutions/tcp-echo/server.ts');
