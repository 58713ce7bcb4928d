import { lstatSync, readlinkSync, realpathSync, type Stats } from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * What Python sees at a path, without following a link: the link itself, where what it leads to can be seen under the
 * name it has there, or leads nowhere; undefined where Python has to see what it leads to in its place.
 *
 * @param isVisible whether a path of the machine can be seen under its own name
 */
export function unfollowed(path: string, isVisible: (path: string) => boolean): Stats | undefined {
  const stat = lstatSync(path);
  if (!stat.isSymbolicLink()) return stat;
  const target = resolve(dirname(path), readlinkSync(path));
  try {
    const real = realpathSync(path);
    // A folder on the way may be a link, too: then the name means another place to Python.
    return isVisible(target) && realpathSync(target) === real ? stat : undefined;
  } catch {
    return stat;
  }
}
