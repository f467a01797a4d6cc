import { describe, expect, test } from "vitest";
import { BROKER_EVENT_TYPES, CONSUMERS } from "../../../functions/consumers/consumers.ts";
import type { ConsumerDeclaration } from "../../../functions/consumers/define-consumer.ts";
import { RABBITMQ_EVENT_TYPES } from "../../../functions/contract/broker-names.ts";
import { EVENT_TYPES } from "../../../functions/contract/order-status.ts";
import { decodeEvent } from "../../../functions/orders/decode-event.ts";
import { CATALOGUE, type CatalogueEvent, eventNamed } from "../../../lib/operator/events/catalogue.ts";
import { catalogueHtml } from "../../../lib/operator/events/catalogue-html.ts";
import { checkedEvent } from "../../../lib/operator/events/event-faults.ts";

const names = (parties: CatalogueEvent["consumedBy"]) => parties.map(({ name }) => name);

test("the catalogue has each type of event once", () => {
  expect(CATALOGUE.events.map(({ type }) => type)).toEqual(EVENT_TYPES);
  expect(eventNamed("order.lost")).toBeUndefined();
});

describe.each(CATALOGUE.events)("$type", ({ type, example, dataschema, publishedBy, consumedBy }) => {
  test("has an example of its type that consumers accept", () => {
    expect(decodeEvent(JSON.stringify(example))).toMatchObject({ kind: "message", type });
    expect(dataschema).toBe(example.dataschema);
  });

  test("is consumed by the declared consumers, each by its own queue, and by those of the brokers", () => {
    const declared = CONSUMERS.filter(({ on }: ConsumerDeclaration) => on.includes(type));

    const queues = consumedBy.filter(({ transport }) => transport === "SQS queue");
    expect(queues).toMatchObject(declared.map(({ name, does }) => ({ name, does, address: name })));
    expect(names(consumedBy).includes("order-events-kafka")).toBe(
      BROKER_EVENT_TYPES.some((each) => each === type),
    );
    expect(consumedBy.some(({ transport }) => transport === "RabbitMQ")).toBe(
      RABBITMQ_EVENT_TYPES.some((each) => each === type),
    );
  });

  test("is published to the topic of SNS and that of Kafka", () => {
    expect(publishedBy).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ name: "publish-events", transport: "SNS topic" }),
        expect.objectContaining({ name: "publish-to-kafka", transport: "Kafka topic" }),
      ]),
    );
  });
});

test("the exported page has each type with its example, and texts of other origin as text", () => {
  const [event] = CATALOGUE.events;
  if (event === undefined) throw new Error("no event");
  const hostile = { ...event, publishedBy: [{ ...event.publishedBy[0], name: '<img src="x">' }] };

  const html = catalogueHtml(CATALOGUE);
  const escaped = catalogueHtml({ ...CATALOGUE, events: [hostile as CatalogueEvent] });

  for (const { type, example } of CATALOGUE.events) {
    expect(html).toContain(`<section id="${type}">`);
    expect(html).toContain(example.id);
  }
  expect(html).not.toMatch(/<script|https?:/);
  expect(escaped).toContain("&lt;img src=&quot;x&quot;&gt;");
  expect(escaped).not.toContain("<img");
});

describe("an event that is checked before it is sent", () => {
  const example = CATALOGUE.events[0]?.example;
  const text = (changes: object) => JSON.stringify({ ...example, ...changes });

  test("is accepted where consumers accept it", () => {
    expect(checkedEvent(text({ colour: "green" }))).toMatchObject({ kind: "event" });
  });

  test.each([
    ["{", /^The event is not JSON: /],
    ["1", /^The event must be object$/],
    [text({ subject: undefined }), /^The event must have required property 'subject'$/],
    [text({ subject: "x" }), /^\/subject must be 26 digits or capital letters/],
    [text({ type: "order.lost" }), /^\/type must be equal to one of the allowed values: order\.created, /],
    [text({ dataschema: "urn:order-events:order:2" }), /^\/dataschema must be urn:order-events:order:1/],
    [text({ id: "x" }), /^\/id must be <subject>:<data\.orderVersion>:<type>, here \w{26}:1:order\.created$/],
  ])("is refused with its fault: %j", (body, detail) => {
    expect(checkedEvent(body)).toEqual({ kind: "fault", detail: expect.stringMatching(detail) });
    expect(decodeEvent(body)).toMatchObject({ kind: "malformed" });
  });
});
