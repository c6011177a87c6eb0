// Quiz: streams and datagrams.
import type { Topic } from '../deck.ts';

export default {
  name: 'tcp-udp',
  title: { en: 'TCP and UDP, streams and datagrams', zh: 'TCP 与 UDP' },
  items: [
    {
      kind: 'predict',
      id: 'one-stream',
      wrong: ['one', 'one||two', 'two'],
      why: {
        en: 'TCP carries a stream of bytes. Where one write ended and the next began is not in it, and an empty write is nothing.',
        zh: 'TCP 传送的是字节流，其中没有每次写入的边界，空的写入等于没有写。',
      },
      more: 'framing',
    },
    {
      kind: 'predict',
      id: 'three-datagrams',
      wrong: ['onetwo', 'one|two', 'one|two|'],
      why: {
        en: 'Each datagram arrives as it was sent, or not at all, and an empty one is a message, too. On one machine none is lost so easily.',
        zh: '每个数据报要么原样到达，要么不到；空的数据报也是一条消息。在同一台机器上很少丢失。',
      },
      more: 'udp',
    },
    {
      kind: 'choice',
      id: 'sticky',
      ask: {
        en: 'Two messages arrive as one over TCP. What is the remedy?',
        zh: '两条消息经 TCP 到达时粘在了一起，怎么解决？',
      },
      right: {
        en: 'mark the border: a length in front, or a delimiter',
        zh: '标明边界：在前面加长度，或者用分隔符',
      },
      wrong: [
        {
          en: 'sleep between two sends, so that each is a packet',
          zh: '两次发送之间停一会儿，让每次各成一包',
        },
        { en: 'switch off Nagle’s algorithm with setNoDelay', zh: '用 setNoDelay 关闭 Nagle 算法' },
        { en: 'read with a larger buffer', zh: '用更大的缓冲区接收' },
      ],
      why: {
        en: 'A stream has no messages, so the border has to be in the bytes. A pause only makes it rare, and then nobody finds it.',
        zh: '字节流里没有消息，边界必须写进字节里。停顿只会让问题变少见，反而更难发现。',
      },
      more: 'framing',
    },
    {
      kind: 'choice',
      id: 'promise',
      ask: { en: 'Which of these does TCP NOT promise?', zh: '下面哪一项 TCP 并不保证？' },
      right: {
        en: 'that the other program has read what was sent',
        zh: '对方的程序已经读取了发送的数据',
      },
      wrong: [
        { en: 'that the bytes come in order', zh: '字节按顺序到达' },
        { en: 'that no byte comes twice', zh: '没有字节会重复到达' },
        { en: 'that what is lost on the way is sent once more', zh: '路上丢失的数据会再发一次' },
      ],
      why: {
        en: 'A write is done when your own kernel has the bytes, an ACK means that the other kernel has them. That a program has read them, only its answer can tell.',
        zh: '写入成功表示自己的内核收下了，ACK 表示对方内核收下了。程序是否读取，只有它的应答才能说明。',
      },
      more: 'tcp-echo',
    },
    {
      kind: 'predict',
      id: 'nobody-there',
      ask: {
        en: 'Nobody has UDP port 1. What does this program print?',
        zh: '没有程序占用 UDP 端口 1。这个程序打印什么？',
      },
      wrong: ['ECONNREFUSED', 'ETIMEDOUT', 'EPIPE'],
      why: {
        en: 'To send is to hand the datagram to the kernel, and that worked. A socket that is not connected never hears that nobody was there.',
        zh: '发送就是把数据报交给内核，这一步成功了。没有 connect 的套接字听不到“那里没有人”。',
      },
      more: 'udp',
    },
    {
      kind: 'predict',
      id: 'connected',
      ask: {
        en: 'The same, but with connect(). Nobody has port 1. What does it print?',
        zh: '同样没有程序占用端口 1，但先调用了 connect()。它打印什么？',
      },
      wrong: ['ENOTCONN', 'ETIMEDOUT', 'EADDRINUSE'],
      why: {
        en: 'The other host says over ICMP: port unreachable. Since this socket has one peer only, the kernel knows whom to tell.',
        zh: '对方主机通过 ICMP 报告端口不可达。这个套接字只有一个对端，内核知道该告诉谁。',
      },
      more: 'udp',
    },
    {
      kind: 'choice',
      id: 'connect-udp',
      ask: {
        en: 'What does connect() of a UDP socket send?',
        zh: 'UDP 套接字调用 connect() 会发送什么？',
      },
      right: { en: 'nothing', zh: '什么也不发' },
      wrong: [
        { en: 'a SYN', zh: '一个 SYN' },
        { en: 'an empty datagram', zh: '一个空数据报' },
        { en: 'its address, to be confirmed', zh: '自己的地址，等待确认' },
      ],
      why: {
        en: 'There is no handshake in UDP. connect() only tells your own kernel who the peer is.',
        zh: 'UDP 没有握手，connect() 只是告诉自己的内核对端是谁。',
      },
      more: 'udp',
    },
    {
      kind: 'predict',
      id: 'too-long',
      wrong: ['sent', 'ECONNREFUSED', 'EPIPE'],
      why: {
        en: 'A datagram holds 65,507 bytes at most, and is never cut into two messages. A longer one is refused.',
        zh: '一个数据报最多 65507 字节，不会被拆成两条消息，超长的会被拒绝。',
      },
      more: 'udp',
    },
    {
      kind: 'choice',
      id: 'slow-reader',
      ask: {
        en: 'The receiver is slower than the sender, and its buffer is full. What happens?',
        zh: '接收方比发送方慢，接收缓冲区满了，会怎样？',
      },
      right: {
        en: 'with TCP the sender waits, with UDP the rest is thrown away',
        zh: 'TCP 让发送方等待，UDP 丢弃后来的数据',
      },
      wrong: [
        { en: 'with both the sender waits', zh: '两者都让发送方等待' },
        { en: 'with both the rest is thrown away', zh: '两者都丢弃后来的数据' },
        {
          en: 'with TCP the connection breaks, with UDP the sender has to wait',
          zh: 'TCP 断开连接，UDP 让发送方等待',
        },
      ],
      why: {
        en: 'TCP tells the sender how much room there is. UDP has no way to say it.',
        zh: 'TCP 会告诉发送方还有多少空间，UDP 没有办法告知。',
      },
      more: 'udp',
    },
    {
      kind: 'choice',
      id: 'when-udp',
      ask: { en: 'For which of these is UDP a good choice?', zh: '下面哪种场合适合用 UDP？' },
      right: {
        en: 'a voice call, where what is late is of no use',
        zh: '语音通话：迟到的数据没有用处',
      },
      wrong: [
        { en: 'a file transfer, because UDP is always faster', zh: '传送文件：UDP 总是更快' },
        { en: 'a web page with many pictures', zh: '有很多图片的网页' },
        { en: 'a transfer of money', zh: '转账' },
      ],
      why: {
        en: 'UDP fits where loss is better than waiting, or where one short question has one short answer, as in DNS. Where everything must arrive, take TCP.',
        zh: '宁可丢失也不愿等待，或者一问一答（如 DNS）时适合 UDP；必须全部到达时用 TCP。',
      },
      more: 'udp',
    },
    {
      kind: 'short',
      id: 'type-of-tcp',
      ask: {
        en: 'socket(AF_INET, …) makes a TCP socket with SOCK_STREAM. With which word does it make a UDP socket?',
        zh: 'socket(AF_INET, …) 用 SOCK_STREAM 创建 TCP 套接字。创建 UDP 套接字用哪个词？',
      },
      right: ['SOCK_DGRAM', 'DGRAM'],
      why: {
        en: 'A stream for TCP, datagrams for UDP. In Node: node:net and node:dgram.',
        zh: 'TCP 是流式套接字，UDP 是数据报套接字。在 Node 中分别是 node:net 和 node:dgram。',
      },
      more: 'udp',
    },
  ],
} satisfies Topic as Topic;
