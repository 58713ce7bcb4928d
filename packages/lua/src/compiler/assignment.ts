/** What an assignment tells about its targets: the values a variable may have, the names functions go by. */
import { type Expr, type Stat, unwrap } from './ast.js';
import { addSource } from './scope.js';

export function assignment(targets: readonly Expr[], exprs: readonly Expr[], line: number): Stat {
  for (let i = 0; i < targets.length; i++) {
    const t = targets[i]!;
    nameFunction(t, exprs[i]);
    if (t.kind !== 'Local') continue;
    t.v.reassigned = true;
    const source = exprs[i];
    // The last expression may stand for several values.
    addSource(t.v, source === undefined ? undefined : unwrap(source));
  }
  return { kind: 'Assign', targets, exprs, line };
}

/** Remembers what a function is called by being stored into `target`. */
export function nameFunction(target: Expr, value: Expr | undefined): void {
  if (value?.kind !== 'Function') return;
  if (target.kind === 'Local') value.ownName = target.v.name;
  else if (target.kind === 'Global') value.ownName = target.name;
  else if (target.kind === 'Index' && target.key.kind === 'String') value.ownName = target.key.value;
}
