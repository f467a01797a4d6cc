import type { Random } from "../../simulation/engine/random.ts";

/** Which SKUs the lines of orders name. */
export interface Demand {
  readonly name: string;
  /** A SKU by its rank: 0 is the most frequent. */
  draw(random: Random): number;
}

export const oneSku: Demand = { name: "one SKU", draw: () => 0 };

export function uniform(skus: number): Demand {
  return { name: `uniform, ${skus.toLocaleString("en-US")} SKUs`, draw: (random) => random.below(skus) };
}

/** The SKU of rank r is named in proportion to 1/r. */
export function zipf(skus: number): Demand {
  const sums = new Float64Array(skus);
  let sum = 0;
  for (let rank = 1; rank <= skus; rank++) {
    sum += 1 / rank;
    sums[rank - 1] = sum;
  }
  return {
    name: `Zipf, ${skus.toLocaleString("en-US")} SKUs`,
    draw(random) {
      const wanted = random.next() * sum;
      let low = 0;
      let high = skus - 1;
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((sums[middle] as number) < wanted) low = middle + 1;
        else high = middle;
      }
      return low;
    },
  };
}
