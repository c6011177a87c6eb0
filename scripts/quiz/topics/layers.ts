// Quiz: the layers of a network, addresses and ports.
import type { Topic } from '../deck.ts';

export default {
  name: 'layers',
  title: { en: 'layers, addresses, ports', zh: '网络分层、地址与端口' },
  items: [
    {
      kind: 'short',
      id: 'how-many',
      ask: {
        en: 'How many layers has the OSI model, and how many the TCP/IP model? (two numbers)',
        zh: 'OSI 模型有几层？TCP/IP 模型有几层？（两个数字）',
      },
      right: [
        '7 4',
        '7 and 4',
        '7 和 4',
        '七 四',
        '七层 四层',
        '7层 4层',
        'seven four',
        'seven and four',
      ],
      why: {
        en: 'Application, presentation, session, transport, network, data link, physical. TCP/IP makes one layer of the upper three, and one of the lower two.',
        zh: '应用、表示、会话、传输、网络、数据链路、物理。TCP/IP 把上三层合为一层，下两层合为一层。',
      },
      more: 'layers',
    },
    {
      kind: 'predict',
      id: 'wrapping',
      wrong: [
        'HTTP(TCP(IP(Ethernet(page))))',
        'Ethernet(HTTP(TCP(IP(page))))',
        'TCP(IP(HTTP(page)))',
      ],
      why: {
        en: 'Each layer puts its own header around what the layer above has given it. So the lowest one is outermost on the wire.',
        zh: '每一层都把上一层交来的数据包上自己的首部，所以在线路上最外面的是最低的一层。',
      },
      more: 'layers',
    },
    {
      kind: 'choice',
      id: 'transport',
      ask: {
        en: 'Which layer brings data from one program to another, by port numbers?',
        zh: '哪一层按端口号把数据从一个程序送到另一个程序？',
      },
      right: { en: 'the transport layer', zh: '传输层' },
      wrong: [
        { en: 'the network layer', zh: '网络层' },
        { en: 'the data link layer', zh: '数据链路层' },
        { en: 'the session layer', zh: '会话层' },
      ],
      why: {
        en: 'The network layer brings a packet to a host. Which program of that host gets it, the port says: that is TCP and UDP.',
        zh: '网络层只把数据包送到主机；交给主机上的哪个程序，由端口决定，这是 TCP 和 UDP 的事。',
      },
      more: 'layers',
    },
    {
      kind: 'choice',
      id: 'router',
      ask: {
        en: 'A router decides where a packet goes next. What does it look at?',
        zh: '路由器决定数据包下一步往哪里走时，看的是什么？',
      },
      right: { en: 'the IP address it is sent to', zh: '目的 IP 地址' },
      wrong: [
        { en: 'the port it is sent to', zh: '目的端口' },
        { en: 'the name of the host', zh: '主机名' },
        { en: 'the path of the HTTP request', zh: 'HTTP 请求的路径' },
      ],
      why: {
        en: 'Routing belongs to the network layer. What the layers above have written is only data to it.',
        zh: '路由选择属于网络层，上层写的内容对它来说只是数据。',
      },
      more: 'layers',
    },
    {
      kind: 'choice',
      id: 'use',
      ask: {
        en: 'A page does not load. What is the layer model good for?',
        zh: '网页打不开。这时分层模型有什么用？',
      },
      right: {
        en: 'to ask layer by layer: is there a link, a route, an open port, an answer',
        zh: '逐层排查：链路通不通、路由到不到、端口开没开、有没有应答',
      },
      wrong: [
        {
          en: 'to choose a faster layer, so that the page loads sooner than before',
          zh: '选一个更快的层，让网页加载得更快',
        },
        { en: 'to choose the language of the server', zh: '决定服务端用什么语言写' },
        {
          en: 'nothing: it is history, and no system of today is built in layers any more',
          zh: '没有用：只是历史知识，今天的系统都不再分层',
        },
      ],
      why: {
        en: 'Each layer works or fails by itself, so a fault can be narrowed down: ping for the network, connect for the port, a request for the rest.',
        zh: '每层各自工作、各自出错，所以可以缩小范围：ping 看网络，连接看端口，发请求看应用。',
      },
      more: 'layers',
    },
    {
      kind: 'choice',
      id: 'coupling',
      ask: {
        en: 'Layers are said to have high cohesion and low coupling. Low coupling means that',
        zh: '分层讲究高内聚、低耦合。低耦合的意思是',
      },
      right: {
        en: 'a layer can be replaced, and the others do not notice',
        zh: '换掉一层，其他层不受影响',
      },
      wrong: [
        {
          en: 'a layer does one kind of work only, and nothing besides',
          zh: '一层只做一类事情，不做别的',
        },
        { en: 'the layers run on different hosts', zh: '各层运行在不同的主机上' },
        { en: 'data passes only some of the layers', zh: '数据只经过其中几层' },
      ],
      why: {
        en: 'HTTP is the same over cable and over Wi-Fi. That a layer keeps to one kind of work is the other half: high cohesion.',
        zh: '走网线还是走 Wi-Fi，HTTP 都一样。一层只做一类事情是另一半：高内聚。',
      },
      more: 'layers',
    },
    {
      kind: 'predict',
      id: 'is-ip',
      ask: {
        en: 'isIP tells the version of an address, and 0 for what is none. What does it print?',
        zh: 'isIP 返回地址的版本，不是地址则返回 0。它打印什么？',
      },
      why: {
        en: '::1 is the loopback address of IPv6. A name is no address until DNS has found one, and each part of an IPv4 address is one byte, 0 to 255.',
        zh: '::1 是 IPv6 的环回地址。主机名要先由 DNS 查出地址；IPv4 的每一段是一个字节，0 到 255。',
      },
      more: 'layers',
    },
    {
      kind: 'predict',
      id: 'port-zero',
      why: {
        en: 'Port 0 asks the kernel for any port that is free. The server then asks which one it has got.',
        zh: '端口 0 表示请内核分配一个空闲端口，然后再查询得到的是哪一个。',
      },
      more: 'layers',
    },
    {
      kind: 'choice',
      id: 'same-port',
      ask: {
        en: 'A TCP server has port 8888. Can a UDP server on the same host have 8888 too?',
        zh: '一个 TCP 服务占用了 8888 端口，同一台主机上的 UDP 服务还能用 8888 吗？',
      },
      right: { en: 'yes: each protocol has ports of its own', zh: '能：两种协议的端口各自独立' },
      wrong: [
        { en: 'no: a port belongs to one program', zh: '不能：一个端口只属于一个程序' },
        { en: 'only as the same user', zh: '只有同一个用户才能' },
        {
          en: 'only after the TCP server has ended and left its port',
          zh: '要等 TCP 服务结束、让出端口以后',
        },
      ],
      why: {
        en: 'A socket is known by its protocol, address and port together. DNS uses 53 of both.',
        zh: '套接字由协议、地址、端口共同确定。DNS 就同时使用两种协议的 53 端口。',
      },
      more: 'layers',
    },
    {
      kind: 'short',
      id: 'largest-port',
      ask: { en: 'What is the largest port number?', zh: '最大的端口号是多少？' },
      right: ['65535'],
      why: {
        en: 'A port has 16 bits. Ports below 1024 are for well-known services, and on many systems only an administrator may open them.',
        zh: '端口占 16 位。1024 以下留给众所周知的服务，许多系统上只有管理员才能打开。',
      },
      more: 'layers',
    },
  ],
} satisfies Topic as Topic;
