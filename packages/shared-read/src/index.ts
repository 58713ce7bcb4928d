export { type ReadCallback, readShared } from './read-shared.js';
