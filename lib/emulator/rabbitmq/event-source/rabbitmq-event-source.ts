import { setTimeout as sleep } from "node:timers/promises";
import { type AsyncMessage, type Channel, Connection } from "rabbitmq-client";
import type { RabbitMappingSpec } from "../../assembly/model.ts";
import { elapsed } from "../../elapsed.ts";
import { describeFailure } from "../../event-sources/batch-response.ts";
import { EVENT_BYTES } from "../../event-sources/event-size.ts";
import { createBackoff, createLoopWaits } from "../../event-sources/loop-waits.ts";
import type { FunctionHost, LogLine, RunningMapping } from "../../types.ts";
import { rabbitEventBytes, toRabbitEvent } from "./rabbitmq-event.ts";

/**
 * How a failed batch is redelivered is not documented, so either can be chosen: by a negative acknowledgement, or as after a
 * lost channel. RabbitMQ 4.3 counts only the second as a delivery; a rejection counts there as well.
 */
export type Requeue = "nack" | "close";

export interface RabbitMappingOptions {
  readonly spec: RabbitMappingSpec;
  readonly host: FunctionHost;
  readonly url: string;
  readonly vhost: string;
  readonly requeue?: Requeue;
  readonly onLine?: (line: LogLine) => void;
  /** While it holds, nothing is read. */
  readonly isPaused?: () => boolean;
  /** Called at each failure to read, and when the queue is read. Default: each failure is a line. */
  readonly onReading?: (queue: string, failure: string | undefined) => void;
}

/** A look at the stop, and at the window of a batch. */
const IDLE_MS = 50;
/** AWS documents no back-off. This one only keeps a failing function from taking the whole machine. */
const FIRST_FAILURE_MS = 100;
const LAST_FAILURE_MS = 2_000;
const CLOSING_MS = 2_000;
/** A channel without a message for this long is opened again. */
const QUIET_MS = 5_000;

/**
 * Reads a queue and invokes its function by Lambda's rules: one invocation at a time, at most `batchSize` messages in it,
 * a return acknowledges all of them, and an error brings all of them back. After the loss of the broker it reads again.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-mq.html
 */
export function startRabbitMapping(options: RabbitMappingOptions): RunningMapping {
  const { spec, host, url, vhost, requeue = "nack", isPaused = () => false } = options;
  const { queue, functionName, brokerArn } = spec;
  const log = (text: string) =>
    options.onLine?.({ at: Date.now(), source: functionName, stream: "emulator", text });
  const {
    onReading = (_, failure) =>
      failure !== undefined && log(`cannot read ${queue}, trying again: ${failure}`),
  } = options;
  const waits = createLoopWaits();
  const failures = createBackoff(FIRST_FAILURE_MS, LAST_FAILURE_MS);
  const unreachable = createBackoff(100, 5_000);
  const connection = new Connection({
    url,
    vhost,
    acquireTimeout: 5_000,
    connectionTimeout: 5_000,
    retryLow: 100,
    retryHigh: 1_000,
    noDelay: true,
  });
  // What it loses it opens again; what was not acknowledged is redelivered.
  connection.on("error", () => {});

  const run = async (): Promise<void> => {
    while (!waits.stopped) {
      try {
        while (isPaused() && !waits.stopped) await waits.idle(IDLE_MS);
        await readChannel(await connection.acquire());
      } catch (error) {
        if (waits.stopped) break;
        onReading(queue, String((error as Error).message));
        await waits.wait(unreachable.next());
      }
    }
    connection.unsafeDestroy();
  };

  /** Reads over one channel, until it is lost or the mapping stops. */
  const readChannel = async (channel: Channel): Promise<void> => {
    const buffer: AsyncMessage[] = [];
    let isLost = false;
    let lastAt = elapsed.now();
    const onLoss = () => {
      isLost = true;
      waits.wake();
    };
    channel.on("close", onLoss);
    // The queue was deleted.
    channel.on("basic.cancel", onLoss);
    await channel.basicQos({ prefetchCount: spec.batchSize });
    await channel.basicConsume({ queue, noAck: false }, (message) => {
      buffer.push(message);
      lastAt = elapsed.now();
      waits.wake();
    });
    unreachable.reset();
    onReading(queue, undefined);
    // The broker may deliver no more messages to a consumer whose queue was deleted and made again.
    const isQuiet = () => buffer.length === 0 && elapsed.now() - lastAt > QUIET_MS;
    const isOver = () => isLost || isPaused() || isQuiet();
    while (!isOver()) {
      const batch = await collect(buffer, isOver);
      if (batch.length > 0) await deliver(channel, batch);
      if (waits.stopped) break;
    }
    const closed = channel.close().catch(() => {});
    // Acknowledgements are on their way. The client waits for ever where the broker is gone.
    if (waits.stopped) await Promise.race([closed, sleep(CLOSING_MS, undefined, { ref: false })]);
  };

  /** A batch, once it is full or its window has passed; empty where the channel is lost or the mapping stops. */
  const collect = async (buffer: AsyncMessage[], isLost: () => boolean): Promise<readonly AsyncMessage[]> => {
    while (buffer.length === 0) {
      if (waits.stopped || isLost()) return [];
      await waits.idle(IDLE_MS);
    }
    const closesAt = elapsed.now() + spec.windowSeconds * 1_000;
    while (buffer.length < spec.batchSize && elapsed.now() < closesAt && !waits.stopped && !isLost())
      await waits.idle(IDLE_MS);
    if (isLost()) return [];
    return buffer.splice(0, fitting(buffer, spec.batchSize));
  };

  const deliver = async (channel: Channel, batch: readonly AsyncMessage[]): Promise<void> => {
    const last = batch.at(-1)?.deliveryTag ?? 0;
    const result = await host.invoke(functionName, toRabbitEvent(batch, { brokerArn, queue, vhost }));
    if (!channel.active) return;
    if (result.kind === "ok") {
      failures.reset();
      channel.basicAck({ deliveryTag: last, multiple: true });
      return;
    }
    log(`a batch of ${batch.length} message(s) of ${queue} is redelivered: ${describeFailure(result)}`);
    await waits.wait(failures.next());
    if (!channel.active) return;
    if (requeue === "nack") channel.basicNack({ deliveryTag: last, multiple: true, requeue: true });
    else await channel.close();
  };

  const running = run();
  return {
    stop: () => {
      waits.stop();
      return running;
    },
  };
}

/** How many messages from the head fit into one event; one at least. */
function fitting(buffer: readonly AsyncMessage[], most: number): number {
  let bytes = 0;
  const index = buffer.findIndex((message, at) => {
    bytes += rabbitEventBytes(message);
    return at >= most || (at > 0 && bytes > EVENT_BYTES);
  });
  return index < 0 ? buffer.length : index;
}
