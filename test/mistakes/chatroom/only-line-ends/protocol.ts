// A control character is a line end, and nothing else.
//
//   L name        log in              OK, or FAIL and a reason; all others get `欢迎 name 进入聊天室`
//   C name text   say something       nothing, or FAIL and a reason; all others get `name : text`
//   Q name        leave               EXIT, or FAIL and a reason; all others get `name 退出聊天室`
import { isUtf8 } from 'node:buffer';

export type Request =
  | { readonly verb: 'L'; readonly name: string }
  | { readonly verb: 'C'; readonly name: string; readonly text: string }
  | { readonly verb: 'Q'; readonly name: string };

/** The name that the server itself speaks under, so nobody else may have it in theirs. */
export const ADMIN = '管理员';

/** The longest payload of a UDP datagram over IPv4, in bytes: 65,535 less the headers of IP (20) and UDP (8). */
export const LONGEST_DATAGRAM = 65_507;

/** Reads a datagram; undefined for whatever is not a request. Anybody can send anything to a UDP port. */
export function parseRequest(datagram: Buffer): Request | undefined {
  if (!isUtf8(datagram)) return undefined;
  // The text may hold spaces but no control characters: a line end in it could fake a line of the administrator.
  const found = datagram.toString('utf8').match(/^(?:([LQ]) (\S+)|C (\S+) ([^\n]+))$/u);
  if (!found) return undefined;
  const [, verb, name = found[3], , text] = found;
  if (name === undefined) return undefined;
  if (text !== undefined) return { verb: 'C', name, text };
  return { verb: verb as 'L' | 'Q', name };
}

/** A name has 1 to 20 characters, none of them a space or a control character, and is not the administrator's. */
export function isName(name: string): boolean {
  // With the flag u, one [^…] is a whole character, also one that takes two units of a JavaScript string.
  return /^[^\s\p{Cc}]{1,20}$/u.test(name) && !name.includes(ADMIN);
}

/** True for `FAIL reason`; false for `FAIL : text` and `FAIL 退出聊天室`, which tell of a user who is called FAIL. */
export function isRefusal(reply: string): boolean {
  return /^FAIL (?!: |退出聊天室$)/u.test(reply);
}
