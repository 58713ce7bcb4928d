/** `npm run bench`: everything that needs nothing but Node, one table after the other. */
await import('./bench-spop.js');
console.log('');
await import('./bench-ws.js');
