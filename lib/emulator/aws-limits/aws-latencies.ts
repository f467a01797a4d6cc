import type { AwsService } from "../calls/aws-call.ts";

/** Time of a call at AWS, seen by a function of the same region. */
export interface Latency {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly source: string;
}

const DYNAMODB =
  "estimate within https://aws.amazon.com/blogs/database/understanding-amazon-dynamodb-latency/";
const MESSAGING =
  "estimate: https://bitesizedserverless.com/bite/serverless-messaging-latency-compared/ measured 16 ms (p99 105 ms) " +
  "from SendMessage to the function, 73 ms (p99 225 ms) from Publish";
const ESTIMATE = "estimate";

/**
 * AWS promises no times. Each entry has its source; an estimate without a page is the project's own and is to be replaced
 * by what an account measures (`SuccessfulRequestLatency`).
 */
const OPERATION_LATENCIES: Readonly<Record<string, Latency>> = {
  "dynamodb TransactWriteItems": {
    p50Ms: 15,
    p99Ms: 60,
    source: `${ESTIMATE}: two phases over all items; the benchmark of hot stock has the same 15 ms`,
  },
  "dynamodb TransactGetItems": { p50Ms: 10, p99Ms: 40, source: `${ESTIMATE}: two phases` },
  "dynamodb Query": { p50Ms: 6, p99Ms: 25, source: DYNAMODB },
  "sqs ReceiveMessage": { p50Ms: 10, p99Ms: 60, source: MESSAGING },
};

const SERVICE_LATENCIES: Readonly<Record<AwsService, Latency>> = {
  dynamodb: { p50Ms: 5, p99Ms: 20, source: DYNAMODB },
  sqs: { p50Ms: 8, p99Ms: 60, source: MESSAGING },
  sns: { p50Ms: 15, p99Ms: 100, source: MESSAGING },
  s3: { p50Ms: 25, p99Ms: 150, source: ESTIMATE },
  ses: { p50Ms: 60, p99Ms: 300, source: ESTIMATE },
  cloudwatch: { p50Ms: 30, p99Ms: 150, source: ESTIMATE },
  lambda: { p50Ms: 20, p99Ms: 100, source: ESTIMATE },
};

export function latencyOf(service: AwsService, operation: string): Latency {
  return OPERATION_LATENCIES[`${service} ${operation}`] ?? SERVICE_LATENCIES[service];
}
