// What the checks of image-client tell a student: each cause by what was seen on the wire, at the recogniser, or of an exit.
import type { Diagnosis } from '#harness';

export const diagnoses: readonly Diagnosis[] = [
  {
    id: 'no-keys',
    when: ({ stderr }) => stderr.includes('BAIDU_API_KEY'),
    cause: () =>
      'the recogniser did not get its keys, although they stand in the environment. Leave recogniser.ts and cloud.ts as they are.',
    step: 2,
    hint: 1,
  },
  {
    id: 'little-endian',
    when: ({ reversed }) => reversed === true,
    cause: () =>
      'a number has its small end first. A wire has the large end first: the methods whose names end in BE.',
    step: 1,
    hint: 3,
  },
  {
    id: 'length-in-characters',
    when: ({ categoryInCharacters, inCharacters }) =>
      categoryInCharacters === true || inCharacters === true,
    cause: () =>
      'the length counts characters. 动物 are two of them, but six bytes: make bytes first, then count.',
    hint: 2,
  },
  {
    id: 'picture-as-base64',
    when: ({ request, base64 }) => request === true && base64 === true,
    cause: () =>
      'the picture was turned into Base64. A frame carries any bytes: send those of the file, as they are.',
    hint: 2,
  },
  {
    id: 'picture-as-text',
    when: ({ request, asText, handedOver, got }) =>
      (request === true && asText === true) ||
      (handedOver === true && got?.includes('\uFFFD') === true),
    cause: () =>
      'the picture went through text: EF BF BD stands where a byte was that is no UTF-8. Keep it a Buffer from end to end.',
    hint: 2,
  },
  {
    id: 'no-lengths',
    when: ({ request, noLengths, sizeMissing }) =>
      request === true && (noLengths === true || sizeMissing === true),
    cause: () =>
      'a length is missing in front of the category or of the picture. Without it nobody can tell where they end.',
    hint: 2,
  },
  {
    id: 'connection-each',
    when: ({ connectionEach }) => connectionEach === true,
    cause: () =>
      'each picture got a connection of its own. The frames make one enough: send all of them, then end your side.',
    hint: 3,
  },
  {
    id: 'waits-for-reply',
    when: ({ waitsForReply }) => waitsForReply === true,
    cause: () =>
      'the next picture was sent when the reply to the last had come. Send on; the replies come in their order.',
    hint: 3,
  },
  {
    id: 'category-once',
    when: ({ categoryOnce }) => categoryOnce === true,
    cause: () =>
      'the category stands in front of the first picture only. Each request is read by itself, and has all four parts.',
    hint: 3,
  },
  {
    id: 'no-fin',
    when: ({ noFin, silent }) => noFin === true && silent === true,
    cause: () =>
      'all pictures are sent, and the connection has not been ended: the server cannot know that nothing more comes.',
    step: 1,
    hint: 3,
  },
  {
    id: 'reply-unframed',
    when: ({ unframed }) => unframed === true,
    cause: () =>
      'the reply has no length in front of it. Two replies may arrive as one: the client could not part them.',
    step: 2,
    hint: 2,
  },
  {
    id: 'labels-no-list',
    when: ({ labelsNoList }) => labelsNoList === true,
    cause: () =>
      '"labels" is no list. What the recogniser returns is one already: send it as it is.',
    step: 2,
    hint: 3,
  },
  {
    id: 'chunk-for-each-field',
    when: ({ chunkForEachField, noReply }) => chunkForEachField === true && noReply === true,
    cause: () =>
      'each field waits for a chunk of its own, and the whole request came in one. Look at what is left before you fetch.',
    hint: 3,
  },
  {
    id: 'category-ignored',
    when: ({ wrongCategory }) => wrongCategory === true,
    cause: () => 'the category of the request did not reach the recogniser.',
    hint: 3,
  },
  {
    id: 'one-at-a-time',
    when: ({ others, notAsked, crash }) =>
      others === true && notAsked === true && crash === undefined,
    cause: () =>
      'one client waited for the picture of another. Nothing of what one connection waits for belongs into a variable of all.',
    hint: 3,
  },
  {
    id: 'length-in-pieces',
    when: ({ cut, crash }) =>
      cut !== undefined && /out of range|out of bounds|ERR_OUT_OF_RANGE/.test(crash?.message ?? ''),
    cause: () =>
      'a field was read before all of its bytes were there. Wait for as many as it has, however many chunks that takes.',
    step: 3,
    hint: 3,
  },
  {
    id: 'one-request-a-connection',
    when: ({ merged, asked, ended }) =>
      merged === true && ended === true && Array.isArray(asked) && asked.length === 1,
    cause: () =>
      'the server answered one picture and ended. Go on reading requests until the client has ended its side.',
    hint: 3,
  },
  {
    id: 'one-request-a-chunk',
    when: ({ cameLater }) => cameLater === true,
    cause: () =>
      'a request that is there already is answered when more bytes come. Look at what is left before you wait for a chunk.',
    step: 3,
    hint: 3,
  },
  {
    id: 'rest-dropped',
    when: ({ merged, noReply, asked, ended }) =>
      merged === true && noReply === true && ended !== true && Array.isArray(asked),
    cause: () =>
      'what followed a field in the same chunk was thrown away. It is the beginning of the next one: keep it.',
    step: 3,
    hint: 3,
  },
  {
    id: 'piece-for-a-field',
    when: ({ cut, crash }) => cut !== undefined && crash === undefined,
    cause: () =>
      'a piece was taken for a whole field, what followed it was lost, or a chunk was waited for without need. Take exactly as many bytes as the field has, keep the rest, and fetch only if some are missing.',
    step: 3,
    hint: 3,
  },
  {
    id: 'overtaken',
    when: ({ order, answered }) => order === true && String(answered).includes('saw second'),
    cause: () =>
      'the second reply came first: each picture was answered when it was recognised. Without a number in them, only their order tells whose they are.',
    hint: 3,
  },
  {
    id: 'error-remembered',
    when: ({ unrecognised, next, answered }) =>
      unrecognised === true && next === true && String(answered).includes('error'),
    cause: () =>
      'an error of an earlier picture is the reply to this one, too: it is kept from one picture to the next. Each picture has a result of its own.',
    hint: 4,
  },
  {
    id: 'unrecognised-ends-server',
    when: ({ unrecognised, reason, exit, crash }) =>
      (unrecognised === true || reason === true) && (exit !== undefined || crash !== undefined),
    cause: () =>
      'a picture that cannot be recognised ended the whole server. Catch Unrecognised where the recogniser is asked.',
    step: 4,
    hint: 3,
  },
  {
    id: 'half-recognised',
    when: ({ half }) => half === true,
    cause: () =>
      'the recogniser was given a picture that had not come as a whole. A FIN says that nothing more comes, not that all has come.',
    step: 4,
    hint: 3,
  },
  {
    id: 'error-as-labels',
    when: ({ wantedError, gotError }) => wantedError === true && gotError === false,
    cause: () =>
      'it was answered as if it had been recognised. What went wrong belongs under "error", where nobody takes it for a label.',
    step: 4,
    hint: 3,
  },
  {
    id: 'reason-lost',
    when: ({ reason, gotError }) => reason === true && gotError === true,
    cause: () =>
      'the reason of the recogniser was replaced by other words. Whoever sent the picture can do something about the true one.',
    hint: 3,
  },
  {
    id: 'ends-at-unrecognised',
    when: ({ unrecognised, ended, wasReset }) =>
      unrecognised === true && (ended === true || wasReset === true),
    cause: () =>
      'the connection was ended after one bad picture. The frames are whole, so the next request can be read as before.',
    step: 4,
    hint: 2,
  },
  {
    id: 'limit-too-low',
    when: ({ exactly, gotError, ended }) =>
      exactly === true && (gotError === true || ended === true),
    cause: () =>
      'what is exactly as long as the limit was refused. Only what is above it is too long.',
    hint: 3,
  },
  {
    id: 'refused-late',
    when: ({ lie, endedLater }) => lie !== undefined && endedLater === true,
    cause: () =>
      'the length is compared with the limit when the bytes have come. Compare it before you wait for them.',
    hint: 3,
  },
  {
    id: 'trusts-length',
    when: ({ lie, silent }) => lie !== undefined && silent === true,
    cause: () =>
      'the server believes a length that nobody has checked, and waits, or takes memory, for as many bytes.',
    hint: 2,
  },
  {
    id: 'ends-all',
    when: ({ lie, afterLie, cutOff, silentClient, exit, crash }) =>
      (lie !== undefined || afterLie === true || cutOff === true || silentClient === true) &&
      (exit !== undefined || crash !== undefined),
    cause: () =>
      'one client that sends nonsense ended the whole server. Catch the error where one client is served.',
    step: 4,
    hint: 3,
  },
  {
    id: 'good-end-is-fault',
    when: ({ goodEnd }) => goodEnd === true,
    cause: () =>
      'an end between two requests was taken for a fault. Ask whether there is one more byte before you read a request.',
    hint: 3,
  },
  {
    id: 'waits-for-slow-client',
    when: ({ silentClient, noReply, silent }) =>
      silentClient === true && noReply === true && silent === true,
    cause: () =>
      'nothing ends the wait for the next byte. Each client that falls silent would keep its connection, and its half picture, for ever.',
    hint: 3,
  },
  {
    id: 'ended-without-reply',
    when: ({ lie, cutOff, silentClient, noReply, silent }) =>
      (lie !== undefined || cutOff === true || silentClient === true) &&
      noReply === true &&
      silent !== true,
    cause: () =>
      'the connection was ended without a word, or so fast that the word was lost. Send the error as a last reply, then end your side.',
    step: 4,
    hint: 3,
  },
  {
    id: 'not-ended',
    when: ({ noEnd }) => noEnd === true,
    cause: () => 'all is said, and the connection stays open. End your side behind the last reply.',
    hint: 3,
  },
  {
    id: 'fault-untold',
    when: ({ untold }) => untold === true,
    cause: () =>
      'the client was told, and whoever runs the server was not: console.error() with the address of the client, and why.',
    step: 4,
    hint: 3,
  },
  {
    id: 'not-plain',
    when: ({ notPlain }) => notPlain === true,
    cause: () =>
      'the words of a stranger were printed as they came. They may move the cursor or colour the text: plain() takes that out.',
    hint: 4,
  },
  {
    id: 'prints-late',
    when: ({ printsLate }) => printsLate === true,
    cause: () =>
      'the replies are printed when all have come. Print each one as soon as it is there: somebody is waiting.',
    hint: 3,
  },
  {
    id: 'timer-left',
    when: ({ staysAlive }) => staysAlive === true,
    cause: () =>
      'something keeps the client alive when all is done: a timer that was not cleared, or a socket that is open.',
    step: 6,
    hint: 3,
  },
  {
    id: 'stops-at-error',
    when: ({ errorReply, told, stdout, stderr, exit }) =>
      errorReply === true &&
      told === undefined &&
      stderr.includes('坏.png') &&
      !stdout.includes('好.png') &&
      exit !== undefined,
    cause: () =>
      'the client ended at the first error. It belongs to one picture: tell it, and go on with the next reply.',
    hint: 3,
  },
  {
    id: 'error-not-told',
    when: ({ errorReply, told }) => errorReply === true && told === false,
    cause: () =>
      'the error of a picture is one line on stderr, with the name of its file and the reason: client: 坏.png: why',
    hint: 3,
  },
  {
    id: 'status-hides-error',
    when: ({ errorReply, told, exit }) => errorReply === true && told === true && exit?.code === 0,
    cause: () =>
      'the status says that all went well. A script looks at nothing else: set process.exitCode to 1.',
    hint: 3,
  },
  {
    id: 'fin-is-success',
    when: ({ doubt, exit, crash }) =>
      doubt === 'missing' && exit?.code === 0 && crash === undefined,
    cause: () =>
      'the end of the connection was taken for success. One reply is due for each picture: count them.',
    hint: 3,
  },
  {
    id: 'believes-length',
    when: ({ doubt, exit }) => doubt === 'long' && exit === undefined,
    cause: () =>
      'the client waits for as many bytes as a stranger has announced. Compare the length with the limit first.',
    hint: 3,
  },
  {
    id: 'no-deadline-for-recogniser',
    when: ({ slowRecogniser, noReply, silent }) =>
      slowRecogniser === true && noReply === true && silent === true,
    cause: () =>
      'nothing ends the wait for the recogniser. Ask it within a deadline; when that is over, it is an error like others.',
    hint: 3,
  },
  {
    id: 'deadline-ends-connection',
    when: ({ slowRecogniser, ended, wasReset }) =>
      slowRecogniser === true && (ended === true || wasReset === true),
    cause: () =>
      'the deadline of one picture ended the connection. The client has done nothing wrong: tell it, and read on.',
    hint: 2,
  },
  {
    id: 'not-aborted',
    when: ({ notAborted }) => notAborted === true,
    cause: () =>
      'the wait was given up, but not the work. A promise cannot be stopped: abort the signal that the recogniser was given.',
    hint: 3,
  },
  {
    id: 'no-deadline-for-reply',
    when: ({ silentServer, exit }) => silentServer === true && exit === undefined,
    cause: () =>
      'nothing ends the wait for a reply. A connection that is open tells nothing about the program behind it.',
    hint: 3,
  },
];
