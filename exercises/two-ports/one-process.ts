// The same site on two ports by one process: two sockets that listen, one event loop for both.
//
// The task: step 6 of README.md beside this file.
// Try it by hand: npm run ex -- two-ports one-process
import { todo } from '#todo';
import { readOptions } from './options.ts';
import { serve } from './site.ts';

const { host, ports } = readOptions('one-process');

// TODO: step 6: serve() the site at each of the ports. If one cannot be had: a line on stderr, as in server.ts, and status 1.
// TODO: step 6: SIGINT and SIGTERM end the process, with status 0. There is nobody else to end.
todo('step 6: serve both ports');
