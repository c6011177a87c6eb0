setTimeout(() => console.log('timer'), 0);
const until = Date.now() + 50;
while (Date.now() < until);
console.log('loop');
