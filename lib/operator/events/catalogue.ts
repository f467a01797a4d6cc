import document from "../../../functions/contract/asyncapi.json" with { type: "json" };
import type { EventType } from "../../../functions/contract/order-status.ts";
import type { OrderEvent } from "../../../functions/contract/schemas.ts";

/** A writer or reader of an event, and the channel between. */
export interface CatalogueParty {
  readonly name: string;
  /** In the present tense, where it is declared. */
  readonly does?: string;
  /** SNS, SQS, Kafka or RabbitMQ. */
  readonly transport: string;
  /** Name of the topic, queue or exchange, without the deployment's prefix. */
  readonly address: string;
  readonly channel: string;
}

export interface CatalogueEvent {
  readonly type: EventType;
  /** Identifies the version of its schema. */
  readonly dataschema: string;
  readonly example: OrderEvent;
  readonly schema: object;
  readonly publishedBy: readonly CatalogueParty[];
  readonly consumedBy: readonly CatalogueParty[];
}

export interface Catalogue {
  readonly title: string;
  /** Of the document. */
  readonly version: string;
  readonly description: string;
  readonly events: readonly CatalogueEvent[];
}

interface Reference {
  readonly $ref: string;
}
interface Channel {
  readonly address: string;
  readonly description: string;
  readonly messages: Readonly<Record<string, Reference>>;
  readonly bindings: Readonly<Record<string, object>>;
}
interface Operation {
  readonly action: string;
  readonly channel: Reference;
  readonly summary?: string;
  /** Absent: all of its channel. */
  readonly messages?: readonly Reference[];
}
interface Message {
  readonly name: string;
  readonly examples: readonly { readonly payload: unknown }[];
}

const TRANSPORTS: Readonly<Record<string, string>> = {
  sns: "SNS topic",
  sqs: "SQS queue",
  kafka: "Kafka topic",
  amqp: "RabbitMQ",
};

const lastOf = ({ $ref }: Reference): string => $ref.split("/").at(-1) ?? "";

const channels: Readonly<Record<string, Channel>> = document.channels;
const operations: Readonly<Record<string, Operation>> = document.operations;
const messages: Readonly<Record<string, Message>> = document.components.messages;

/** The events as the AsyncAPI document describes them. */
export const CATALOGUE: Catalogue = {
  title: document.info.title,
  version: document.info.version,
  description: document.info.description,
  events: Object.entries(messages).map(([id, { name, examples }]) => {
    const example = examples[0]?.payload as OrderEvent;
    return {
      type: name as EventType,
      dataschema: example.dataschema,
      example,
      schema: document.components.schemas.OrderEvent,
      publishedBy: partiesOf(id, "send"),
      consumedBy: partiesOf(id, "receive"),
    };
  }),
};

export const eventNamed = (type: string): CatalogueEvent | undefined =>
  CATALOGUE.events.find((event) => event.type === type);

function partiesOf(message: string, action: "send" | "receive"): readonly CatalogueParty[] {
  return Object.entries(operations).flatMap(([name, operation]) => {
    const channel = channels[lastOf(operation.channel)];
    const carried = operation.messages?.map(lastOf) ?? Object.keys(channel?.messages ?? {});
    if (channel === undefined || operation.action !== action || !carried.includes(message)) return [];
    const [binding = ""] = Object.keys(channel.bindings);
    return {
      name,
      ...(operation.summary === undefined ? {} : { does: operation.summary }),
      transport: TRANSPORTS[binding] ?? binding,
      address: channel.address,
      channel: channel.description,
    };
  });
}
