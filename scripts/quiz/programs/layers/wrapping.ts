const layers = ['HTTP', 'TCP', 'IP', 'Ethernet'];

let packet = 'page';
for (const layer of layers) packet = `${layer}(${packet})`;
console.log(packet);
