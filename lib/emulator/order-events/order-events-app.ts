import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CONSUMER_NAMES } from "../../../functions/consumers/consumers.ts";
import type { AppDeclaration } from "../app-declaration.ts";
import { orderCommands } from "./banner-commands.ts";
import { DISTRIBUTIONS } from "./order-latency.ts";
import { orderViews } from "./order-views.ts";
import { POISON_CONSUMER, sendPoisonMessages } from "./poison-messages.ts";
import { eventSender } from "./send-event.ts";

/** As `lib/constructs/bundle.ts` keeps them. */
const BUNDLES = fileURLToPath(new URL("../../../.cache/bundles", import.meta.url));

/** The additions of this project's own stacks: orders, their events, and failed messages. */
export const orderEventsApp: AppDeclaration = {
  name: "order-events",
  distributions: DISTRIBUTIONS,
  observe: orderViews,
  badMessages({ sqsMappings }, { sqs }) {
    const queueUrl = sqsMappings.find(({ functionName }) => functionName === POISON_CONSUMER)?.queueUrl;
    return queueUrl === undefined ? undefined : (now) => sendPoisonMessages(sqs, queueUrl, now);
  },
  events: eventSender,
  consumersOf: ({ functions }) =>
    CONSUMER_NAMES.filter((each) => functions.some(({ name }) => name.endsWith(each))),
  buildOf: (name) => ({ asset: join(BUNDLES, name, "asset"), maps: join(BUNDLES, name, "maps") }),
  commands: orderCommands,
};
