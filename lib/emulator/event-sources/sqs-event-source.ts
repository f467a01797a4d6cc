import type { SQSRecord } from "aws-lambda";
import type { SqsMappingSpec } from "../assembly/model.ts";
import { elapsed } from "../elapsed.ts";
import type { FunctionHost, LogLine, RunningMapping } from "../types.ts";
import { AwsCallError } from "./aws-json.ts";
import { readBatchResponse } from "./batch-response.ts";
import { bytesOf, exceedsEvent, splitByBytes } from "./event-size.ts";
import { createBackoff, createLoopWaits } from "./loop-waits.ts";
import { compileMessageFilter } from "./message-filter.ts";
import { toSqsRecord } from "./sqs-event.ts";
import { openSqsQueue } from "./sqs-queue.ts";

/** Short, so that it stops quickly: an emulator's long poll that is cut off still receives a message. */
const LONG_POLL_SECONDS = 1;

export interface SqsMappingOptions {
  readonly spec: Omit<SqsMappingSpec, "enabled">;
  readonly host: Pick<FunctionHost, "invoke">;
  readonly endpoint: string;
  readonly region: string;
  readonly onLine?: (line: LogLine) => void;
}

/**
 * Polls a queue and invokes its function by Lambda's rules. Successful messages are deleted. Failed messages stay
 * invisible until their visibility timeout and are delivered again; the queue moves them to its dead-letter queue.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
 */
export const startSqsMapping = (options: SqsMappingOptions): RunningMapping => {
  const { spec, host, region } = options;
  const queue = openSqsQueue(options.endpoint, spec.queueUrl, region);
  const passes = compileMessageFilter(spec.filters);
  const waits = createLoopWaits();
  const unreachable = createBackoff(100, 5000);
  const failing = createBackoff(100, 10_000);
  const inFlight = new Set<Promise<void>>();
  let backOffMs = 0;

  const log = (text: string) =>
    options.onLine?.({ at: Date.now(), source: spec.functionName, stream: "emulator", text });

  const receive = async (limit: number, waitSeconds: number): Promise<readonly SQSRecord[]> => {
    try {
      const messages = await queue.receive(limit, waitSeconds);
      unreachable.reset();
      const records = messages.map((message) => toSqsRecord(message, spec.queueArn, region));
      const wanted = records.filter(passes);
      const unwanted = records.filter((record) => !wanted.includes(record));
      await queue.remove(unwanted.map(({ receiptHandle }) => receiptHandle));
      return wanted;
    } catch (error) {
      if (waits.stopped) return [];
      // A full disk, which has a line of its own.
      const isStorage = error instanceof AwsCallError && error.status === 503;
      if (!isStorage) log(`cannot receive from the queue: ${String(error)}`);
      await waits.wait(unreachable.next());
      return [];
    }
  };

  /** A batch: one receive, or with a window all messages until it closes or the event is full. */
  const collect = async (): Promise<readonly SQSRecord[]> => {
    const batch = [...(await receive(spec.batchSize, LONG_POLL_SECONDS))];
    if (batch.length === 0) return batch;
    let bytes = bytesOf(batch);
    const closesAt = elapsed.now() + spec.windowSeconds * 1000;
    while (batch.length < spec.batchSize && !exceedsEvent(bytes) && !waits.stopped) {
      const leftMs = closesAt - elapsed.now();
      if (leftMs <= 0) break;
      const longPoll = leftMs >= LONG_POLL_SECONDS * 1000;
      const more = await receive(spec.batchSize - batch.length, longPoll ? LONG_POLL_SECONDS : 0);
      batch.push(...more);
      bytes += bytesOf(more);
      if (!longPoll && more.length === 0) await waits.wait(Math.min(leftMs, 50));
    }
    return batch;
  };

  const deliver = async (batch: readonly SQSRecord[]): Promise<void> => {
    const result = await host.invoke(spec.functionName, { Records: batch });
    const verdict = readBatchResponse(
      result,
      spec.reportBatchItemFailures,
      new Set(batch.map(({ messageId }) => messageId)),
    );
    if (verdict.kind === "all") {
      log(`${batch.length} message(s) failed and stay in the queue: ${verdict.why}`);
      // ReportBatchItemFailures disables the poller's own back-off. Throttles slow it down either way.
      if (!spec.reportBatchItemFailures || result.kind === "throttled") backOffMs = failing.next();
      return;
    }
    failing.reset();
    const done = batch.filter(
      ({ messageId }) => verdict.kind === "success" || !verdict.identifiers.has(messageId),
    );
    const kept = await queue.remove(done.map(({ receiptHandle }) => receiptHandle));
    if (kept > 0) log(`${kept} message(s) could not be deleted and will be delivered again`);
  };

  const dispatch = (batch: readonly SQSRecord[]) => {
    const delivery = deliver(batch)
      .catch((error: unknown) => log(`${batch.length} message(s) will be delivered again: ${String(error)}`))
      .finally(() => inFlight.delete(delivery));
    inFlight.add(delivery);
  };

  const poll = async (): Promise<void> => {
    while (!waits.stopped) {
      if (inFlight.size >= spec.maximumConcurrency) {
        await Promise.race(inFlight);
        continue;
      }
      if (backOffMs > 0) {
        const ms = backOffMs;
        backOffMs = 0;
        await waits.wait(ms);
        continue;
      }
      for (const batch of splitByBytes(await collect())) dispatch(batch);
    }
    await Promise.all(inFlight);
    queue.close();
  };

  const polling = poll();
  return {
    stop: () => {
      waits.stop();
      return polling;
    },
  };
};
