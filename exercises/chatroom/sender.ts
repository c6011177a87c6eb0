// The sending half of a client, its child process: makes a request of each line of the keyboard and hands it to its
// parent, which has the socket. (Two processes cannot share it: Node reads from every socket that it holds, so the two
// would take each other's datagrams. See the note.)
//
// The task: step 6 of README.md beside this file. The client starts this program; it is not started by hand.
import { createInterface } from 'node:readline';
import { todo } from '#todo';
import { LONGEST_DATAGRAM } from './protocol.ts';

// Done for you: the name, which client.ts gives to fork() as an argument.
const [, , name] = process.argv;

// TODO: step 6: end when the parent closes the channel, and not on Ctrl+C. admin.ts shows how.
// TODO: step 6: hand `C <name> <line>` to the parent for each line of process.stdin that is not blank, until one is `quit`.
//   The line goes as it was typed. If the request is longer than LONGEST_DATAGRAM, print one line on stderr instead.
// TODO: step 6: after `quit`, or at the end of the input, close the channel, but not before every request is in it.
todo('step 6: hand the lines of the keyboard to the client');
