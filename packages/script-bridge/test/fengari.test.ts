// The same with the reference engine: suites register themselves when they are loaded.
process.env.OFFLOAD_TEST_ENGINE = 'fengari';
await import('./nljson.test.js');
await import('./ws.test.js');
await import('./bcast.test.js');
await import('./mqr.test.js');
await import('./cws.test.js');
await import('./protocol.test.js');
await import('./small-modules.test.js');

export {};
