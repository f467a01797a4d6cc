/** ` Did you mean "failed list"?`, or an empty text where nothing known is near. `before` comes before the suggestion. */
export function didYouMean(word: string, known: readonly string[], before = ""): string {
  const [best] = known
    .map((each) => ({ each, distance: distanceOf(word, each) }))
    .filter(({ each, distance }) => distance <= Math.max(1, Math.floor(each.length / 3)))
    .toSorted((one, other) => one.distance - other.distance);
  return best === undefined ? "" : ` Did you mean "${before}${best.each}"?`;
}

/** Levenshtein distance: how many characters are inserted, left out or replaced. */
function distanceOf(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [at, letter] of [...one].entries()) {
    const next = [at + 1];
    for (let column = 1; column <= other.length; column++) {
      const replaced = (row[column - 1] ?? 0) + (letter === other[column - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[other.length] ?? other.length;
}
