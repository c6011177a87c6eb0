// fork() is called once and returns twice: two processes go on from the same line, each with a memory of its own.
//
// The task: step 1 of README.md beside this file. Check it at every save: npm run ex -- processes --watch
// Try it by hand: npm run ex -- processes twice
import { _exit, fork, getpid, getppid, wait } from '#posix';
import { todo } from '#todo';
import { waitForEnter } from './enter.ts';

let x = 1;

// TODO: step 1: call fork(), once, and keep what it returns: the note tells what that is ("One call, two returns"). From there
//   on two processes run these lines.
// TODO: step 1: what only the child does: set x to 2, print `child: pid <its own>, parent <its parent's>, x = <x>`, stand
//   still by waitForEnter(), and end by _exit(0), so that it does not come to the lines of the parent.
// TODO: step 1: what only the parent does: wait() until its child has ended, and print
//   `parent: pid <its own>, child <the child's>, x = <x>`.
todo('step 1: call fork()');
