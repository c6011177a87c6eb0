const bytes = Buffer.alloc(2);
bytes.writeUInt16BE(1);
console.log(bytes.readUInt16LE());
