/** The last of `list`, which ascends by `keyOf`, whose key is not above `limit`. */
export function lastUpTo<T>(list: readonly T[], limit: number, keyOf: (item: T) => number): T | undefined {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const mid = (low + high) >> 1;
    if (keyOf(list[mid]!) <= limit) low = mid + 1;
    else high = mid;
  }
  return list[low - 1];
}
