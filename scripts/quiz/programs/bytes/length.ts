const name = '老王';
console.log(name.length, Buffer.byteLength(name));
