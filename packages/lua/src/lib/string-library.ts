/** The string library. */
import type { LibHost, Library } from './host.js';
import { openStringBasic } from './string-basic.js';
import { openStringFind } from './string-find.js';
import { openFormat } from './string-format.js';
import { openStringPack } from './string-pack.js';

export function openString(host: LibHost): Library {
  return { ...openStringBasic(host), ...openStringFind(host), format: openFormat(host), ...openStringPack() };
}
