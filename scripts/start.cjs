// The launcher behind `npm run ex`: the first line of defence before any TypeScript is loaded.
// CommonJS and old syntax on purpose: even a Node that is too old must be able to read this file and say so.
'use strict';

var fs = require('fs');
var path = require('path');

var OLDEST = [20, 19];
var version = process.versions.node.split('.').map(Number);
if (version[0] < OLDEST[0] || (version[0] === OLDEST[0] && version[1] < OLDEST[1])) {
  fail(
    'this workbook needs Node ' +
      OLDEST.join('.') +
      ' or newer; this is Node ' +
      process.versions.node +
      '. Get a newer one at https://nodejs.org.',
  );
}
if (!fs.existsSync(path.join(__dirname, '..', 'node_modules', 'tsx'))) {
  fail('the packages are not installed yet. Run this once, then try again:  npm ci');
}

// `npm run` puts a shell between itself and this process. When npm is ended by a signal the shell ends, too, and hands none on:
// this process would run for ever, and its program with it.
if (process.env.npm_lifecycle_event) {
  var shell = process.ppid;
  var orphaned = setInterval(function () {
    if (process.ppid === shell) return;
    clearInterval(orphaned);
    process.kill(process.pid, 'SIGTERM');
  }, 500);
  orphaned.unref();
}

// tsx's CommonJS hook starts in 0.09 s; `tsx scripts/ex.ts` would need 0.35 s, because it starts a second thread first.
require('tsx/cjs');
require('./ex.ts');

function fail(message) {
  process.stderr.write('workbook: ' + message + '\n');
  process.exit(1);
}
