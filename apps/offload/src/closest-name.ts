/** Edits that a slip of the hand makes of a name this long: none of a very short one. */
function slipsOf(name: string): number {
  return Math.min(3, Math.floor(name.length / 3));
}

/** The name that was most likely meant by a mistyped one, if any is close. Case does not count. */
export function closestName(typed: string, names: readonly string[]): string | undefined {
  let best: { readonly name: string; readonly edits: number } | undefined;
  for (const name of names) {
    const edits = editsBetween(typed.toLowerCase(), name.toLowerCase());
    if (edits <= slipsOf(name) && edits < (best?.edits ?? Number.POSITIVE_INFINITY)) best = { name, edits };
  }
  return best?.name;
}

/** Letters to insert, leave out, replace or swap with their neighbour to make one word of the other. */
function editsBetween(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > slipsOf(b)) return Number.POSITIVE_INFINITY;
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const least = Math.min(above[j]! + 1, row[j - 1]! + 1, above[j - 1]! + same);
      row.push(swapped ? Math.min(least, before[j - 2]! + 1) : least);
    }
    [before, above] = [above, row];
  }
  return above[b.length]!;
}
