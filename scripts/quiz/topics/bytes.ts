// Quiz: bytes, characters and files.
import type { Topic } from '../deck.ts';

export default {
  name: 'bytes',
  title: { en: 'bytes, characters, files', zh: '字节、字符与文件' },
  items: [
    {
      kind: 'predict',
      id: 'length',
      why: {
        en: 'Two characters, and three bytes for each of them in UTF-8. Files and sockets count bytes.',
        zh: '两个字符，在 UTF-8 中每个占三个字节。文件和套接字只数字节。',
      },
      more: 'files',
    },
    {
      kind: 'predict',
      id: 'cut',
      why: {
        en: 'The cut goes through the middle of a character. Each half is decoded to �, and from � nobody can tell what it was. Join bytes first, then decode.',
        zh: '切口落在一个字符的中间，两半各自解码成 �，再也还原不了。应该先把字节拼好，再解码。',
      },
      more: 'files',
    },
    {
      kind: 'predict',
      id: 'order',
      why: {
        en: 'The two bytes are 00 01. Read with the small end first, the 1 stands for 256. Both ends must agree on the byte order.',
        zh: '两个字节是 00 01。按小端读，1 就代表 256。收发双方必须约定同一种字节序。',
      },
      more: 'framing',
    },
    {
      kind: 'predict',
      id: 'update',
      why: {
        en: 'r+ keeps what the file holds and writes over it from the start; w would have emptied it first.',
        zh: 'r+ 保留文件原有内容，从头覆盖写；如果用 w，文件会先被清空。',
      },
      more: 'files',
    },
    {
      kind: 'predict',
      id: 'append',
      wrong: ['one three', 'one two three', 'three'],
      why: {
        en: 'writeFileSync opens with w, which empties the file. With a, each write goes to the end, wherever that is by then.',
        zh: 'writeFileSync 以 w 方式打开，文件先被清空。以 a 方式打开时，每次都写到当时的文件末尾。',
      },
      more: 'files',
    },
    {
      kind: 'choice',
      id: 'decode',
      ask: {
        en: 'Text can always be encoded to bytes. What of the other way?',
        zh: '字符串总能编码成字节串。反过来呢？',
      },
      right: {
        en: 'Some bytes are no text in UTF-8, and cannot be decoded',
        zh: '有些字节不是合法的 UTF-8，不能解码成字符串',
      },
      wrong: [
        { en: 'All bytes can be decoded without loss', zh: '任何字节串都能无损地解码' },
        {
          en: 'Only bytes of English text can be decoded again without loss',
          zh: '只有英文的字节串才能无损地解码',
        },
      ],
      why: {
        en: 'A picture, or half a character, is no text. Buffer.toString() puts � in such places without a word; a TextDecoder with fatal: true throws.',
        zh: '图片、半个字符都不是文字。Buffer.toString() 会悄悄换成 �；TextDecoder 加 fatal: true 则会抛出错误。',
      },
      more: 'files',
    },
    {
      kind: 'choice',
      id: 'flush',
      ask: {
        en: 'A program has a buffer in front of a file. Which of these does NOT hand over what is in it?',
        zh: '程序写文件时有缓冲区。下面哪种情况不会把缓冲区的内容交出去？',
      },
      right: { en: 'Another program opens the file', zh: '另一个程序打开了这个文件' },
      wrong: [
        { en: 'The buffer is full', zh: '缓冲区满了' },
        { en: 'The file is closed', zh: '文件被关闭' },
        { en: 'The program itself calls flush()', zh: '程序自己调用 flush()' },
      ],
      why: {
        en: 'The buffer is memory of the one program. Nobody else can see it, or make it hand over anything.',
        zh: '缓冲区是那个程序自己的内存，别的程序看不见，也无法让它交出内容。',
      },
      more: 'files',
    },
  ],
} satisfies Topic as Topic;
