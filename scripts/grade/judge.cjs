// The launcher of the judge: TypeScript by tsx's CommonJS hook, as in ../start.cjs.
'use strict';
require('tsx/cjs');
require('./judge.ts');
