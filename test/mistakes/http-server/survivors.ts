// Changes to the solution that no check finds, each with the reason why it makes no difference that a check could see.
import type { Survivor } from '../mistake.ts';

/** The lines in which the reason for a refusal stands, as the page for a person tells it. */
const REASONS: readonly (readonly [file: string, line: string, words: string])[] = [
  ['connection.ts', 'throw new HttpError(405', '``'],
  ['input.ts', 'throw new HttpError(408', '""'],
  ['request.ts', 'throw new HttpError(414', '``'],
  ['request.ts', 'throw new HttpError(431', '``'],
  ['request.ts', "throw new HttpError(400, 'the first line", '""'],
  ['request.ts', 'throw new HttpError(505', '""'],
  ['request.ts', "throw new HttpError(400, 'a line of", '""'],
  ['request.ts', "throw new HttpError(400, 'HTTP/1.1 needs", '""'],
  ['request.ts', "throw new HttpError(400, 'two lengths", '""'],
  ['request.ts', 'throw new HttpError(411', '""'],
  ['request.ts', "throw new HttpError(400, 'Content-Length", '""'],
  ['request.ts', 'throw new HttpError(413', '``'],
  ['site.ts', "throw new HttpError(403, 'this path", '""'],
  ['site.ts', "throw new HttpError(403, 'this link", '""'],
  ['site.ts', 'throw new HttpError(404', '``'],
  ['site.ts', 'throw new HttpError(403, `${name}', '``'],
  ['site.ts', 'throw new HttpError(503', '""'],
  ['site.ts', "throw new HttpError(400, 'the path", '""'],
];

/** Both limits of input.ts pass in the same moment if nothing more comes. */
const SAME_MOMENT =
  'Without one byte more the limit on silence and the deadline pass in the same moment, and the clock decides which is first; with one, the deadline is.';

const UNDEFINED_TOGETHER =
  'An expression that matches gives all its groups, one that does not gives none: both are undefined, or neither.';

const HTTP_1_0 = 'The contract says which Host HTTP/1.1 must have. A Host of HTTP/1.0 is not used.';

export const survivors: readonly Survivor[] = [
  ...REASONS.map(([file, line, words]) => ({
    file,
    line,
    becomes: words,
    now: `, ${words})`,
    why: 'The status is the contract; in which words the page tells the reason is free.',
  })),
  {
    file: 'connection.ts',
    line: 'if (!(error instanceof HttpError)) throw error;',
    becomes: 'false',
    why: 'Nothing but an HttpError comes here from a request: a broken connection ends the input, and site.ts knows the errors of the files.',
  },
  {
    file: 'input.ts',
    line: 'let deadlineRuns = false;',
    becomes: 'true',
    why: 'The first more() sets it, long before the limit on silence can pass.',
  },
  {
    file: 'input.ts',
    line: 'if (!deadlineRuns) socket.destroy();',
    becomes: 'true',
    why: SAME_MOMENT,
  },
  {
    file: 'input.ts',
    line: 'deadlineRuns = deadline !== undefined;',
    becomes: 'false',
    why: SAME_MOMENT,
  },
  {
    file: 'request.ts',
    line: 'while (/^\\r?\\n/.test(',
    becomes: '/^\\r\\n/',
    why: 'Lines that end with LF alone may be refused.',
  },
  {
    file: 'request.ts',
    line: 'while (/^\\r?\\n/.test(',
    becomes: '/\\r?\\n/',
    why: 'It passes over a line of one letter that ends with LF alone, too; such lines may be left without an answer.',
  },
  {
    file: 'request.ts',
    line: "input.take(input.bytes.indexOf('\\n') + 1);",
    becomes: '""',
    why: 'It takes the CR first and then, in the next turn, the LF.',
  },
  {
    file: 'request.ts',
    line: 'const end = /\\r?\\n\\r?\\n/.exec(text);',
    why: 'Lines that end with LF alone may be refused.',
  },
  {
    file: 'request.ts',
    line: 'REQUEST_LINE.exec(requestLine) ?? [];',
    becomes: '["Stryker was here"]',
    why: 'The first element is not used.',
  },
  ...['(method === undefined && target', '(false || target', '(method === undefined || false)'].map(
    (now) => ({
      file: 'request.ts',
      line: 'if (method === undefined || target === undefined)',
      now,
      why: UNDEFINED_TOGETHER,
    }),
  ),
  ...["(minor !== '0' || false)", 'headers.has("")'].map((now) => ({
    file: 'request.ts',
    line: "if (minor !== '0' || headers.has('host')) checkHost(",
    now,
    why: HTTP_1_0,
  })),
  {
    file: 'request.ts',
    line: "test(headers.get('connection') ?? '')",
    becomes: '"Stryker was here!"',
    why: 'There is no close in these words, as there is none in an empty text.',
  },
  {
    file: 'request.ts',
    line: 'const path = target.replace(',
    becomes: '/https?:\\/\\/[^/?]*/i',
    why: 'A path with http:// in the middle names no file: join() makes one slash of two.',
  },
  {
    file: 'request.ts',
    line: 'const path = target.replace(',
    becomes: '/\\?.*/',
    why: 'A target has no line end in it: the rest goes to its end in any case.',
  },
  {
    file: 'response.ts',
    line: 'PHRASES[status]?.[0]',
    becomes: 'PHRASES[status][0]',
    why: 'All statuses that are sent have their words in PHRASES.',
  },
  {
    file: 'response.ts',
    line: '(status === 405 ?',
    becomes: 'true',
    why: 'Allow may stand in any answer (RFC 9110, section 10.2.1).',
  },
  {
    file: 'response.ts',
    line: 'const bytes = handle.createReadStream(',
    becomes: 'true',
    why: 'A handle that the stream has closed may be closed once more.',
  },
  {
    file: 'response.ts',
    line: 'if (bytes.bytesRead < length) socket.destroy();',
    becomes: 'false',
    why: 'A file that shrinks while it is sent breaks its promise either way: the client waits until the limit on silence, or less long.',
  },
  {
    file: 'site.ts',
    line: 'if (!isBelow(root, wanted)) throw',
    becomes: 'false',
    why: 'What is outside and there is found by its real path, 403; what is not there is a 404, which will do as well.',
  },
  {
    file: 'site.ts',
    line: "const { code = '' } = error as NodeJS.ErrnoException;",
    why: 'No list has a code that is empty, or these words.',
  },
  {
    file: 'site.ts',
    line: 'if (NOT_ALLOWED.includes(code)) throw',
    becomes: 'true',
    why: 'What comes here and is neither is a server without room for another file, which no check can bring about.',
  },
  {
    file: 'site.ts',
    line: 'if (NO_ROOM.includes(code)) throw',
    becomes: 'false',
    why: 'A check cannot use up the files that a program may open without using up its connections first.',
  },
  {
    file: 'site.ts',
    line: '} catch (error) {',
    why: 'decodeURIComponent throws nothing else.',
  },
  {
    file: 'site.ts',
    line: 'if (!(error instanceof URIError)) throw error;',
    becomes: 'false',
    why: 'decodeURIComponent throws nothing else.',
  },
];
