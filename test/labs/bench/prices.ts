/** List prices of us-east-1 in US dollars, November 2026, without free tiers. */
export const REGION = "us-east-1";
export const PRICES = {
  lambdaRequest: { usd: 0.2 / 1e6, unit: "request" },
  lambdaGbSecond: { usd: 0.000_013_333_4, unit: "GB-second on arm64" },
  snsPublish: { usd: 0.5 / 1e6, unit: "publish of 64 KB" },
  sqsRequest: { usd: 0.4 / 1e6, unit: "request of 64 KB" },
  dynamoDbWriteUnit: { usd: 0.625 / 1e6, unit: "write unit" },
  dynamoDbReadUnit: { usd: 0.125 / 1e6, unit: "read unit" },
  apiRequest: { usd: 3.5 / 1e6, unit: "REST request" },
  logGb: { usd: 0.5, unit: "GB of logs taken in" },
  customMetric: { usd: 0.3, unit: "custom metric a month" },
  alarm: { usd: 0.1, unit: "alarm a month" },
  s3List: { usd: 5 / 1e6, unit: "LIST request" },
  mail: { usd: 0.1 / 1e3, unit: "mail" },
} as const;
export type Priced = keyof typeof PRICES;

/** One line of a bill. */
export interface Line {
  readonly what: string;
  readonly price: Priced;
  readonly quantity: number;
}

export function usdOf({ price, quantity }: Line): number {
  return quantity * PRICES[price].usd;
}

export function totalUsd(lines: readonly Line[]): number {
  return lines.reduce((sum, line) => sum + usdOf(line), 0);
}
