/** A part of a sorted source. */
export interface Part<Item> {
  readonly items: readonly Item[];
  /** Reads the next part; absent at the end of the source. A part without items may have one. */
  readonly next?: Read<Item> | undefined;
}
export type Read<Item> = () => Promise<Part<Item>>;

/** A source and the index of its first item that is not merged yet. */
interface Head<Item> {
  items: readonly Item[];
  at: number;
  next: Read<Item> | undefined;
}

/**
 * The first `limit` items of several sorted sources, in order. Sources that are used up are read on concurrently.
 * `hasMore`: a source has items left, or was not read to its end.
 */
export async function mergeSorted<Item>(
  sources: readonly Read<Item>[],
  limit: number,
  isBefore: (one: Item, other: Item) => boolean,
): Promise<{ readonly items: readonly Item[]; readonly hasMore: boolean }> {
  let heads = sources.map((next): Head<Item> => ({ items: [], at: 0, next }));
  const merged: Item[] = [];
  while (merged.length < limit) {
    await Promise.all(heads.map(fill));
    heads = heads.filter((head) => !isUsedUp(head));
    if (heads.length === 0) return { items: merged, hasMore: false };
    while (merged.length < limit && !heads.some(isUsedUp)) {
      const first = heads.reduce((one, other) => (isBefore(itemOf(other), itemOf(one)) ? other : one));
      merged.push(itemOf(first));
      first.at += 1;
    }
  }
  return { items: merged, hasMore: heads.some((head) => !isUsedUp(head) || head.next !== undefined) };
}

const isUsedUp = <Item>({ items, at }: Head<Item>): boolean => at >= items.length;

const itemOf = <Item>({ items, at }: Head<Item>): Item => items[at] as Item;

async function fill<Item>(head: Head<Item>): Promise<void> {
  while (isUsedUp(head) && head.next !== undefined) {
    const { items, next } = await head.next();
    Object.assign(head, { items, at: 0, next });
  }
}
