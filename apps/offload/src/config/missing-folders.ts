import { statSync } from 'node:fs';
import type { Config } from '../config.js';
import type { IneffectiveKey } from './ineffective-keys.js';

/** Folders of modules that are not there: what is in them is missed only when a script asks for it. */
export function missingFolders({ lua, python }: Config): IneffectiveKey[] {
  return Object.entries({ lua, python }).flatMap(([section, { path }]) =>
    path
      .filter((folder) => statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
      .map((folder) => ({ keys: [section, 'path'], why: `there is no folder ${folder}` })),
  );
}
