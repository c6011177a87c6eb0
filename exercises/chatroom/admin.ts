// The administrator's console, a child process of the server: hands each line of the keyboard to its parent.
//
// It never speaks to the network. If the server took such lines from the network, anybody could be the administrator.
//
// The task: step 5 of README.md beside this file. The server starts this program; it is not started by hand.
import { createInterface } from 'node:readline';
import { todo } from '#todo';

// Done for you: when this process ends. Ctrl+C reaches every process of the terminal, so the server decides: it closes the
// channel when it ends, and then 'disconnect' comes.
process.on('SIGINT', () => {});
process.once('disconnect', () => process.exit());
if (!process.connected) process.exit(); // the server has ended while this process was starting

// TODO: step 5: hand each line of process.stdin to the parent, unless it is blank. createInterface() makes lines of it.
// TODO: step 5: at the end of the input end only this process: close the channel with process.disconnect().
todo('step 5: hand the lines of the keyboard to the server');

/** Done for you. Resolves when the line is in the channel. An exit before that would lose it. */
function hand(line: string): Promise<void> {
  return new Promise((resolve) => process.send?.(line, undefined, undefined, () => resolve()));
}
