/** Fuel for work on long texts: no loop of the script comes between, and its deadline holds all the same. */
import type { LibHost } from './host.js';

/** Work on fewer bytes is as short as a few calls. */
const LONG = 4096;

/** Charges for one pass over `length` bytes; may raise. */
export function burnText(host: LibHost, length: number): void {
  if (length > LONG) host.burn(length >> 5);
}
