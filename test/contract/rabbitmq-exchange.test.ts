import { expect, test } from "vitest";
import { rabbitExchange } from "../../functions/adapters/rabbitmq-exchange.ts";
import type { RabbitMessage } from "../../functions/adapters/rabbitmq-publisher.ts";
import { fakeClock } from "../fakes/fake-clock.ts";
import { created, NOW, order } from "../fixtures/events.ts";

test("K3: the exchange gets the text of an event byte for byte", async () => {
  const sent: RabbitMessage[] = [];
  const publisher = {
    publish: async (messages: readonly RabbitMessage[]) => {
      sent.push(...messages);
      return messages.map(() => ({ kind: "published" }) as const);
    },
    close: () => {},
  };
  const exchange = rabbitExchange(publisher, "orders", fakeClock(NOW));
  const event = created(order("1"));
  const text = JSON.stringify(event).replace("{", '{ "one":1.0,\r\n');

  await exchange.publish([{ event, text }, { event }]);

  expect(sent.map(({ body }) => body.toString())).toEqual([text, JSON.stringify(event)]);
});
