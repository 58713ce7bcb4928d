import { aclFault } from '../acl-fault.js';
import type { JsonFile } from './json-file.js';
import { read } from './json-file.js';

/** An access list as both files write it (lapps.md 2.4). */
export interface AclJson {
  readonly policy: 'allow' | 'deny';
  readonly exclude: readonly string[];
}

/** Reads `acl`; an empty object as the exclude list counts as an empty list, as LAppS takes it. */
export function readAcl(file: JsonFile, value: unknown, keys: readonly PropertyKey[]): AclJson | undefined {
  const raw = value as { exclude?: unknown };
  const isEmptyObject =
    typeof raw.exclude === 'object' &&
    raw.exclude !== null &&
    !Array.isArray(raw.exclude) &&
    Object.keys(raw.exclude).length === 0;
  const members = file.members(isEmptyObject ? { ...raw, exclude: [] } : raw, keys, {
    policy: read('string'),
    exclude: read('array'),
  });
  const policy = members.get('policy');
  const exclude = (members.get('exclude') ?? []) as unknown[];
  if (policy !== 'allow' && policy !== 'deny') {
    file.fault([...keys, 'policy'], `Expected "allow" or "deny", got ${JSON.stringify(policy)}`);
    return undefined;
  }
  for (const [i, entry] of exclude.entries()) {
    const fault = typeof entry === 'string' ? aclFault(entry) : 'Expected an address or CIDR as a string';
    if (fault !== undefined) file.fault([...keys, 'exclude', i], fault);
  }
  return { policy, exclude: exclude as string[] };
}
