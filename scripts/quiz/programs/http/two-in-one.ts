const came = 'GET /a HTTP/1.1\r\nHost: a\r\n\r\nGET /b HTTP/1.1\r\nHo';
const parts = came.split('\r\n\r\n');
const rest = parts.pop();
console.log(parts.length, rest !== '');
