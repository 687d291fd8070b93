/**
 * The index of the first item for which a condition does not hold, in a list in which it holds for those before and for none
 * after. Looks around a place first: questions about a span go from one instant to the next.
 *
 * @param near where it may be, from 0 to the list's length
 */
export function firstWithout<Item>(
  items: readonly Item[],
  holds: (item: Item) => boolean,
  near: number,
): number {
  // Known: it holds for all before `low`, and for none from `high` on.
  let [low, high] = [0, items.length];
  if (near > 0 && !holds(items[near - 1] as Item)) {
    high = near - 1;
    for (let step = 1; high - step >= 0; step *= 2) {
      if (holds(items[high - step] as Item)) {
        low = high - step + 1;
        break;
      }
      high -= step;
    }
  } else {
    low = near;
    for (let step = 1; low + step <= items.length; step *= 2) {
      if (!holds(items[low + step - 1] as Item)) {
        high = low + step - 1;
        break;
      }
      low += step;
    }
  }
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(items[middle] as Item)) low = middle + 1;
    else high = middle;
  }
  return low;
}
