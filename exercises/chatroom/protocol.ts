// The words of the chat room on the wire: one request or reply is one datagram of UTF-8 text.
//
//   L name        log in              OK, or FAIL and a reason; all others get `欢迎 name 进入聊天室`
//   C name text   say something       nothing, or FAIL and a reason; all others get `name : text`
//   Q name        leave               EXIT, or FAIL and a reason; all others get `name 退出聊天室`
//
// The task: steps 1 and 2 of README.md beside this file.
import { isUtf8 } from 'node:buffer';
import { todo } from '#todo';

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
  // TODO: step 1: return undefined for bytes that are not UTF-8; isUtf8() knows.
  // TODO: step 1: return an object with verb and name for `L name` and `Q name`, with text as well for `C name text`.
  //   The name ends at the first space after it; the text is all the rest, with every space that it has.
  // TODO: step 1: return undefined for everything else: a part is missing, a name holds a space, a name or a
  //   text holds a control character (`/\p{Cc}/u` finds them all: U+0000 to U+001F, U+007F to U+009F).
  todo('step 1: read a request');
}

/** A name has 1 to 20 characters, none of them a space or a control character, and does not contain the administrator's. */
export function isName(name: string): boolean {
  // TODO: step 2: return whether `name` is such a name. An emoji is one character, and two units of name.length.
  todo('step 2: say what a name is');
}

/** Done for you. True for `FAIL reason`; false for `FAIL : text` and `FAIL 退出聊天室`, which tell of a user called FAIL. */
export function isRefusal(reply: string): boolean {
  return /^FAIL (?!: |退出聊天室$)/u.test(reply);
}
