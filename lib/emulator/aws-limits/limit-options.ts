import { REGION_PATTERN } from "../../settings/region-quotas.ts";

/** What the emulator does as AWS does, and is off by default. */
export interface LimitOptions {
  /** Gives each call the time that it takes at AWS. */
  readonly latency?: "aws";
  /** Refuses what exceeds the quotas of this region. */
  readonly quotas?: string;
}

/** Throws a RangeError for a value that is not offered. */
export function readLimitOptions(given: {
  readonly latency?: string | undefined;
  readonly quotas?: string | undefined;
}): LimitOptions {
  const { latency, quotas } = given;
  if (latency !== undefined && latency !== "aws")
    throw new RangeError(`--latency takes aws; received ${latency}`);
  if (quotas !== undefined && !REGION_PATTERN.test(quotas))
    throw new RangeError(`--quotas takes an AWS region, such as eu-central-1; received ${quotas}`);
  return { ...(latency === undefined ? {} : { latency }), ...(quotas === undefined ? {} : { quotas }) };
}

/** A line of the banner for each limit that is on. */
export function limitTexts({ latency, quotas }: LimitOptions): readonly (readonly [string, string])[] {
  return [
    ...(latency === undefined ? [] : ([["Latency", "each call takes as long as at AWS"]] as const)),
    ...(quotas === undefined ? [] : ([["Quotas", `of ${quotas}; what exceeds them is refused`]] as const)),
  ];
}
