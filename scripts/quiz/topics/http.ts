// Quiz: requests and responses.
import type { Topic } from '../deck.ts';

export default {
  name: 'http',
  title: { en: 'HTTP: requests and responses', zh: 'HTTP 请求与响应' },
  items: [
    {
      kind: 'choice',
      id: 'request-line',
      ask: {
        en: 'What stands in the first line of a request, in this order?',
        zh: '请求行里依次是什么？',
      },
      right: { en: 'method, target, version', zh: '请求方法、请求目标、协议版本' },
      wrong: [
        { en: 'version, status, words', zh: '协议版本、状态码、说明' },
        { en: 'target, method, version', zh: '请求目标、请求方法、协议版本' },
        { en: 'method, version, host', zh: '请求方法、协议版本、主机' },
      ],
      why: {
        en: 'GET /menu HTTP/1.1. Version, status and words are the first line of a response.',
        zh: '例如 GET /menu HTTP/1.1。版本、状态码、说明是响应的第一行。',
      },
      more: 'http-server',
    },
    {
      kind: 'choice',
      id: 'empty-line',
      ask: {
        en: 'How does a server know that the head of a request is complete?',
        zh: '服务端怎么知道请求头已经完整？',
      },
      right: { en: 'by an empty line', zh: '读到一个空行' },
      wrong: [
        { en: 'by the end of the connection', zh: '连接关闭' },
        { en: 'by the end of what recv() has returned', zh: '一次 recv() 返回的内容结束' },
        { en: 'by Content-Length', zh: '根据 Content-Length' },
      ],
      why: {
        en: 'Each line ends with CR LF, and an empty line ends the head. Content-Length tells the length of the body behind it.',
        zh: '每行以 CR LF 结尾，空行表示头部结束。Content-Length 说的是后面主体的长度。',
      },
      more: 'http-server',
    },
    {
      kind: 'choice',
      id: 'put',
      ask: {
        en: 'A client wants what it sends to be found at /menu from now on. Which method says that?',
        zh: '客户端希望把自己发送的内容存放在 /menu，以后可以取到。应该用哪种请求方法？',
      },
      right: 'PUT',
      wrong: ['GET', 'POST', 'HEAD'],
      why: {
        en: 'PUT puts it there, and once more changes nothing. POST hands it to /menu, which does with it what it likes. DELETE takes it away.',
        zh: 'PUT 把内容放到该路径，重复执行结果不变。POST 把内容交给 /menu 处理。DELETE 则删除它。',
      },
      more: 'http-server',
    },
    {
      kind: 'choice',
      id: 'rare-methods',
      ask: {
        en: 'Which method asks a proxy for a tunnel to another host?',
        zh: '哪种请求方法请求代理建立通往另一主机的隧道？',
      },
      right: 'CONNECT',
      wrong: ['TRACE', 'OPTIONS', 'PUT'],
      why: {
        en: 'HTTPS passes a proxy in this way. TRACE sends the request back as it arrived, OPTIONS asks which methods may be used.',
        zh: 'HTTPS 就是这样通过代理的。TRACE 把收到的请求原样返回，OPTIONS 询问允许使用哪些方法。',
      },
      more: 'http-server',
    },
    {
      kind: 'short',
      id: 'client-error',
      ask: {
        en: 'With which digit does a status begin that says: the client should change something?',
        zh: '表示客户端请求有问题的状态码，第一位数字是几？',
      },
      right: ['4', '4xx', 'four', '四'],
      why: {
        en: '1 go on, 2 it worked, 3 look elsewhere, 4 the client, 5 the server.',
        zh: '1 提示，2 成功，3 需要进一步操作，4 客户端错误，5 服务端错误。',
      },
      more: 'http-server',
    },
    {
      kind: 'predict',
      id: 'length',
      ask: {
        en: 'A server sends as many bytes as the text has characters. What does this program print?',
        zh: '服务端按字符数发送字节。这个程序打印什么？',
      },
      wrong: ['你好，世界', '你好', '你'],
      why: {
        en: 'The text has 5 characters and 15 bytes. Content-Length counts bytes: Buffer.byteLength(text).',
        zh: '文字有 5 个字符，15 个字节。Content-Length 数的是字节：Buffer.byteLength(text)。',
      },
      more: 'http-server',
    },
    {
      kind: 'predict',
      id: 'two-in-one',
      ask: {
        en: 'This has come from a client in one piece. What does the program print?',
        zh: '客户端的数据一次到达，内容如下。程序打印什么？',
      },
      why: {
        en: 'One whole request, and the beginning of the next: keep the rest until more has come. One piece is not one request.',
        zh: '一个完整的请求，加上下一个请求的开头：剩下的要留着，等后面的到来。一次收到的不等于一个请求。',
      },
      more: 'http-server',
    },
    {
      kind: 'predict',
      id: 'percent',
      wrong: ['/100%', '/100%2525', '/100'],
      why: {
        en: 'Each %25 becomes one %, once. Who decodes twice serves another page than the one that was asked for.',
        zh: '%25 解码一次变成 %。解码两次，给出的就不是被请求的那个页面了。',
      },
      more: 'http-server',
    },
    {
      kind: 'predict',
      id: 'head',
      why: {
        en: 'HEAD wants the head that GET would get, and no body. So the length is told, and nothing follows.',
        zh: 'HEAD 只要 GET 会得到的头部，不要主体。所以给出长度，后面什么也没有。',
      },
      more: 'http-server',
    },
    {
      kind: 'predict',
      id: 'field-names',
      wrong: ['undefined', 'hOST: menu', 'Host'],
      why: {
        en: 'The names of fields may be written in any mixture of capitals: hOST is Host.',
        zh: '字段名不分大小写：hOST 就是 Host。',
      },
      more: 'http-server',
    },
    {
      kind: 'predict',
      id: 'not-found',
      wrong: ['rejected', 'true', 'undefined'],
      why: {
        en: 'A 404 is an answer: the request went well, the page is not there. fetch rejects only when no answer comes.',
        zh: '404 也是应答：请求顺利完成，只是没有这个页面。只有得不到应答时 fetch 才会失败。',
      },
      more: 'http-server',
    },
    {
      kind: 'choice',
      id: 'stateless',
      ask: { en: 'HTTP is stateless. That means:', zh: 'HTTP 是无状态的，意思是：' },
      right: {
        en: 'a request is understood by itself, without those before it',
        zh: '每个请求独立，不依赖之前的请求',
      },
      wrong: [
        {
          en: 'a connection carries one request and one answer, and is closed',
          zh: '一个连接只有一个请求和一个响应，然后关闭',
        },
        { en: 'a server may keep no files', zh: '服务端不能保存文件' },
        { en: 'the response has no status code', zh: '响应没有状态码' },
      ],
      why: {
        en: 'Who you are must come along each time, for instance in a cookie. That connections stay open is another matter.',
        zh: '你是谁，每次都要带上，例如用 Cookie。连接是否保持是另一回事。',
      },
      more: 'http-server',
    },
    {
      kind: 'choice',
      id: 'keep-alive',
      ask: {
        en: 'After an answer in HTTP/1.1, what becomes of the connection?',
        zh: 'HTTP/1.1 中，应答之后连接怎样？',
      },
      right: {
        en: 'it stays open, unless one side says Connection: close',
        zh: '保持打开，除非有一方说 Connection: close',
      },
      wrong: [
        {
          en: 'it is closed, unless one side says Connection: keep-alive',
          zh: '关闭，除非有一方说 Connection: keep-alive',
        },
        { en: 'it is closed always', zh: '总是关闭' },
        { en: 'it becomes a UDP socket', zh: '变成 UDP 套接字' },
      ],
      why: {
        en: 'To open a connection takes a round trip, and a page has many parts. In HTTP/1.0 it was the other way round.',
        zh: '建立连接要一个来回，而一个网页有很多部分。HTTP/1.0 正好相反。',
      },
      more: 'http-server',
    },
    {
      kind: 'choice',
      id: 'host',
      ask: {
        en: 'Why must a request of HTTP/1.1 have a Host field?',
        zh: 'HTTP/1.1 的请求为什么必须有 Host 字段？',
      },
      right: {
        en: 'many sites can live at one address',
        zh: '同一个地址上可以有多个网站',
      },
      wrong: [
        { en: 'TCP does not know the address', zh: 'TCP 不知道地址' },
        { en: 'the server has to answer to that host', zh: '服务端要把应答发给那台主机' },
        { en: 'it encrypts the request', zh: '它用来加密请求' },
      ],
      why: {
        en: 'The connection says which host was reached, not which name was typed.',
        zh: '连接只说明到了哪台主机，没有说明用户输入的是哪个域名。',
      },
      more: 'http-server',
    },
    {
      kind: 'choice',
      id: 'get-post',
      ask: {
        en: 'A request is repeated because no answer came. When is that safe?',
        zh: '没有收到应答，于是重发请求。什么时候是安全的？',
      },
      right: {
        en: 'with GET: to ask for a page twice changes nothing',
        zh: 'GET：同一个页面要两次，什么也不会改变',
      },
      wrong: [
        { en: 'with POST: it has a body', zh: 'POST：它有主体' },
        {
          en: 'with both: TCP knows what was sent before, and throws it away',
          zh: '都安全：TCP 知道之前发过什么，会丢弃重复的请求',
        },
        { en: 'never', zh: '任何时候都不安全' },
      ],
      why: {
        en: 'GET fetches, POST hands something in. An order that is handed in twice may be two orders. TCP only knows bytes of one connection.',
        zh: 'GET 是获取，POST 是提交。提交两次可能就是两份订单。TCP 只认识一个连接里的字节。',
      },
      more: 'http-server',
    },
  ],
} satisfies Topic as Topic;
