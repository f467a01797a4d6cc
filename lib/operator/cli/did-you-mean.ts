/** ` Did you mean "failed list"?`, or an empty text where nothing known is near. `before` comes before the suggestion. */
export function didYouMean(word: string, known: readonly string[], before = ""): string {
  const [best] = known
    .map((each) => ({ each, distance: distanceOf(bare(word), bare(each)) }))
    .filter(({ each, distance }) => distance <= Math.max(1, Math.floor(bare(each).length / 3)))
    .toSorted((one, other) => one.distance - other.distance);
  return best === undefined ? "" : ` Did you mean "${before}${best.each}"?`;
}

/** The dashes of a flag are no part of what was misspelled. */
const bare = (word: string): string => word.replace(/^-+/, "");

/** How many characters are inserted, left out or replaced, or change places with the next. */
function distanceOf(one: string, other: string): number {
  let before: readonly number[] = [];
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let at = 0; at < one.length; at++) {
    const next = [at + 1];
    for (let column = 1; column <= other.length; column++) {
      const replaced = (row[column - 1] ?? 0) + (one[at] === other[column - 1] ? 0 : 1);
      const isSwapped = one[at] === other[column - 2] && one[at - 1] === other[column - 1];
      const swapped = isSwapped ? (before[column - 2] ?? 0) + 1 : replaced;
      next.push(Math.min(replaced, swapped, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    before = row;
    row = next;
  }
  return row[other.length] ?? other.length;
}
