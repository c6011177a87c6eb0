// Quiz: how a TCP connection begins and ends.
import type { Topic } from '../deck.ts';

export default {
  name: 'handshakes',
  title: { en: 'opening and closing a connection', zh: '三次握手与四次挥手' },
  items: [
    {
      kind: 'choice',
      id: 'three',
      ask: {
        en: 'A TCP connection is opened by three segments. In which order?',
        zh: '建立 TCP 连接的三次握手，报文的顺序是？',
      },
      right: 'SYN · SYN+ACK · ACK',
      wrong: ['SYN · ACK · SYN+ACK', 'SYN · SYN · ACK', 'ACK · SYN+ACK · SYN'],
      why: {
        en: 'Each side sends its first number (SYN) and has it confirmed (ACK). The server does both in one segment.',
        zh: '双方各发送自己的初始序号（SYN），并得到对方确认（ACK）。服务端把两件事放在一个报文里。',
      },
      more: 'tcp-echo',
    },
    {
      kind: 'choice',
      id: 'why-three',
      ask: { en: 'Why are two segments not enough?', zh: '为什么两次握手不够？' },
      right: {
        en: 'the server would not know that its own number has arrived',
        zh: '服务端无法知道自己的序号对方是否收到',
      },
      wrong: [
        { en: 'the client would have no port', zh: '客户端还没有端口' },
        {
          en: 'the client would send its data before the server has a process for it',
          zh: '客户端会在服务端有进程处理之前就发数据',
        },
        { en: 'the kernel needs time to make a process', zh: '内核需要时间创建进程' },
      ],
      why: {
        en: 'The third segment confirms the number of the server. An old SYN that was late on its way would otherwise open a connection that nobody wants.',
        zh: '第三个报文确认服务端的序号。否则一个迟到的旧 SYN 就会建立一个谁也不要的连接。',
      },
      more: 'tcp-echo',
    },
    {
      kind: 'choice',
      id: 'why-four',
      ask: {
        en: 'Why does closing take four segments, when opening takes three?',
        zh: '为什么建立连接三次，断开却要四次？',
      },
      right: {
        en: 'each direction ends by itself, and the second side may still have something to send',
        zh: '两个方向各自关闭，被动方可能还有数据要发',
      },
      wrong: [
        { en: 'the first FIN is always lost', zh: '第一个 FIN 总会丢失' },
        {
          en: 'both programs have to end first, and each is asked twice whether it has ended',
          zh: '两边的程序都要先结束，每一方都要被确认两次',
        },
        { en: 'every packet of the connection is counted again', zh: '要重新清点全部数据包' },
      ],
      why: {
        en: 'FIN and ACK one way, FIN and ACK the other way. If the second side has nothing left to send, its ACK and FIN go together, and three are seen.',
        zh: '一个方向 FIN 和 ACK，另一个方向 FIN 和 ACK。被动方若无数据可发，ACK 与 FIN 合在一起，只看到三个报文。',
      },
      more: 'tcp-echo',
    },
    {
      kind: 'choice',
      id: 'time-wait',
      ask: { en: 'Which side gets into TIME_WAIT?', zh: '哪一方会进入 TIME_WAIT 状态？' },
      right: { en: 'the one that sends the first FIN', zh: '先发送 FIN 的一方' },
      wrong: [
        { en: 'always the server', zh: '总是服务端' },
        { en: 'always the client', zh: '总是客户端' },
        { en: 'the one whose program was killed', zh: '程序被杀死的一方' },
      ],
      why: {
        en: 'It sends the last ACK, and waits in case that is lost and the FIN comes again. SO_REUSEADDR lets a server listen again meanwhile.',
        zh: '它发出最后的 ACK，要等一等，以防 ACK 丢失、FIN 重来。SO_REUSEADDR 让服务端此时仍可重新监听。',
      },
      more: 'tcp-echo',
    },
    {
      kind: 'predict',
      id: 'half-close',
      wrong: ['said all\nheard all', 'said all\nheard all\nanswer', 'heard all\nsaid all'],
      why: {
        en: 'end() closes one direction. The other one stays open: the connection is half-closed, and the answer still comes.',
        zh: 'end() 只关闭一个方向。另一个方向还开着，连接处于半关闭状态，应答仍会到来。',
      },
      more: 'tcp-echo',
    },
    {
      kind: 'predict',
      id: 'too-late',
      wrong: ['"answer"', '"question"', '"questionanswer"'],
      why: {
        en: 'Without allowHalfOpen: true, Node ends its own side as soon as it has read the FIN of the other. What is written after that is lost.',
        zh: '没有 allowHalfOpen: true 时，Node 读到对方的 FIN 就关闭自己这一侧，之后再写就丢失了。',
      },
      more: 'tcp-echo',
    },
    {
      kind: 'predict',
      id: 'refused',
      ask: {
        en: 'Nobody listens on port 1. What does this program print?',
        zh: '端口 1 没有程序监听。这个程序打印什么？',
      },
      wrong: ['connected', 'ECONNRESET', 'ETIMEDOUT'],
      why: {
        en: 'The kernel of the other side answers the SYN with RST: nobody is here. A time-out would mean that nothing came back at all.',
        zh: '对方内核用 RST 回答 SYN：这里没有人。超时则表示什么回应也没有收到。',
      },
      more: 'tcp-echo',
    },
    {
      kind: 'predict',
      id: 'reset',
      wrong: ['end', 'ECONNREFUSED', 'ETIMEDOUT'],
      why: {
        en: 'RST breaks the connection off: no end, an error instead. An error event that nobody listens for would end the program.',
        zh: 'RST 直接中断连接：没有 end 事件，而是一个错误。没有人监听的 error 事件会让程序退出。',
      },
      more: 'tcp-echo',
    },
    {
      kind: 'predict',
      id: 'in-use',
      wrong: ['listening', 'ECONNREFUSED', 'ECONNRESET'],
      why: {
        en: 'One address and port has one listening socket. The second server has to take another port.',
        zh: '一个地址和端口只能有一个监听套接字，第二个服务必须换端口。',
      },
      more: 'tcp-echo',
    },
    {
      kind: 'choice',
      id: 'backlog',
      ask: { en: 'In listen(5), what is the 5?', zh: 'listen(5) 里的 5 是什么？' },
      right: {
        en: 'how many connections may wait to be accepted',
        zh: '最多有多少个连接可以排队等待接受',
      },
      wrong: [
        {
          en: 'how many clients may be connected at the same time',
          zh: '同时最多可以连接多少个客户端',
        },
        { en: 'how many seconds it listens', zh: '监听多少秒' },
        { en: 'how many processes serve', zh: '有多少个进程提供服务' },
      ],
      why: {
        en: 'It is the backlog. Once a connection is accepted it does not count any more, so five is no limit for clients.',
        zh: '这是等待队列的长度。连接被接受后就不再占位，所以它并不限制客户端总数。',
      },
      more: 'tcp-echo',
    },
    {
      kind: 'choice',
      id: 'empty-read',
      ask: {
        en: 'recv() of a TCP socket returns no bytes at all. What does that mean?',
        zh: 'TCP 套接字的 recv() 返回空，说明什么？',
      },
      right: {
        en: 'the other side has ended: no more will come',
        zh: '对方已经关闭，不会再有数据',
      },
      wrong: [
        {
          en: 'the other side has sent an empty message: answer it',
          zh: '对方发来一条空消息，应当回复',
        },
        { en: 'nothing has come yet: try again', zh: '暂时还没有数据，再试一次' },
        { en: 'the buffer was too small', zh: '缓冲区太小' },
      ],
      why: {
        en: 'A stream has no empty messages. Nothing there yet would make recv() wait. In Node the same thing is the event end.',
        zh: '字节流里没有空消息；暂时没有数据时 recv() 会等待。在 Node 里对应 end 事件。',
      },
      more: 'tcp-echo',
    },
  ],
} satisfies Topic as Topic;
