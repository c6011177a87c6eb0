const bytes = Buffer.from('老王');
const first = bytes.subarray(0, 4).toString();
const second = bytes.subarray(4).toString();
console.log(first + second === '老王');
