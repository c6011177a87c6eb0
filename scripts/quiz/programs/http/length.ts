const body = '你好，世界';
const sent = Buffer.from(body).subarray(0, body.length);
console.log(sent.toString());
