/** Types of the variables of random programs; functions are a further one, with a signature. */
export const TYPES = ['num', 'str', 'bool', 'arr', 'map'];

/** What a random program may name at a point: variables by type, functions by signature. */
export class Scope {
  constructor(parent, isFunction = false) {
    this.parent = parent;
    this.isFunction = isFunction;
    this.names = [];
  }

  declare(name, type, more = {}) {
    this.names.push({ name, type, ...more });
  }

  /** Every visible variable of a type, inner ones first, without the shadowed. */
  all(type) {
    const seen = new Set();
    const found = [];
    for (let scope = this; scope !== undefined; scope = scope.parent) {
      for (let at = scope.names.length - 1; at >= 0; at--) {
        const entry = scope.names[at];
        if (seen.has(entry.name)) continue;
        seen.add(entry.name);
        if (entry.type === type) found.push(entry);
      }
    }
    return found;
  }
}
