import { randomUUID } from "node:crypto";
import { sqsQueues } from "./adapters/sqs-queues.ts";
import { systemClock } from "./adapters/system-clock.ts";
import { METRICS, type QueueConsumer, SERVICE, SUBSCRIPTIONS } from "./contract/names.ts";
import type { OrderEvent } from "./contract/schemas.ts";
import type { Outcome } from "./domain/outcome.ts";
import { environment, integer, optional } from "./env.ts";
import { consumer } from "./middleware/consumer.ts";
import { checkEvent, parseText } from "./middleware/decode-event.ts";
import type { OutcomeCount } from "./middleware/options.ts";
import { sqs } from "./middleware/transports/sqs.ts";
import type { FailureLog } from "./ports/failure-log.ts";
import { ignoreOtherTypes } from "./use-cases/ignore-other-types.ts";

/** What most functions share. Each part is made once for a function instance. */
export const clock = systemClock;
export const newId = (): string => randomUUID();

/** Value of the dimension `service` on metrics. */
export const service = optional("service") ?? SERVICE;

/** One write for all lines of a batch; console.log would put a prefix before each, and metrics could not be read. */
export function write(text: string): void {
  process.stdout.write(text);
}

/** What went to a topic and what did not, under the publishers' own names. */
export function publishCounts({ consumed, failed, parked }: Readonly<Record<OutcomeCount, number>>) {
  return { [METRICS.published]: consumed, [METRICS.publishFailed]: failed + parked };
}

/**
 * The failed-message store, which is loaded with the first failure: most instances never meet one.
 * A variable that it needs and that is missing is reported at once.
 */
export function failureLogOnFirstUse(): FailureLog {
  environment("failedMessagesTable");
  let loaded: Promise<FailureLog> | undefined;
  const load = () => {
    loaded ??= import("./compose-failures.ts").then(({ failureLogOfEnvironment }) =>
      failureLogOfEnvironment(),
    );
    return loaded;
  };
  return {
    park: async (...facts) => (await load()).park(...facts),
    lastAttemptFailed: async (...facts) => (await load()).lastAttemptFailed(...facts),
    resolve: async (message) => (await load()).resolve(message),
  };
}

/** A consumer of order events from its own queue, settings from the environment. */
export function eventConsumer(
  name: QueueConsumer,
  handle: (events: readonly OrderEvent[], deadline: number) => Promise<readonly Outcome[]>,
) {
  const { queueUrl } = environment("queueUrl");
  return consumer({
    name,
    transport: sqs({
      maxReceiveCount: integer("maxReceiveCount", 5),
      backOff: { queues: sqsQueues(), queueUrl },
    }),
    parse: (raw) => parseText(raw.body),
    decode: (_, parsed) => checkEvent(parsed),
    handle: { many: ignoreOtherTypes(SUBSCRIPTIONS[name], handle) },
    failureLog: failureLogOnFirstUse(),
    clock,
    service,
    write,
    settings: { maxAgeSeconds: integer("maxAgeSeconds", 0) },
  });
}
