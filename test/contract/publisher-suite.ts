import { describe, expect, test } from "vitest";
import type { Publisher } from "../../functions/publishing/ports/publisher.ts";
import { created, line, order, outgoing } from "../fixtures/events.ts";

/** A publisher and its subscriber. */
export interface PublisherFixture {
  readonly publisher: Publisher;
  /** Bodies of all published events, in any order. */
  published(): Promise<readonly string[]>;
}

/** The contract of publishers, for the fake and the service. */
export function describePublisher(name: string, make: () => Promise<PublisherFixture>): void {
  describe(`the publisher ${name}`, () => {
    test.each([0, 1, 10, 11, 25])(
      "returns one result for each of %i events, and publishes each once",
      async (count) => {
        const { publisher, published } = await make();
        const events = Array.from({ length: count }, (_, i) => created(order(`${i}`)));

        expect(await publisher.publish(outgoing(events))).toEqual(Array(count).fill({ kind: "published" }));

        expect([...(await published())].sort()).toEqual(events.map((event) => JSON.stringify(event)).sort());
      },
    );

    test("A13: publishes more events than one request can hold", async () => {
      const { publisher, published } = await make();
      const lines = Array.from({ length: 90 }, (_, i) =>
        line({ sku: `${i}`.padEnd(64, "x"), quantity: 100_000, unitPrice: 1_000_000_000 }),
      );
      const events = Array.from({ length: 30 }, (_, i) => created(order(`large ${i}`, {}, lines)));

      expect(await publisher.publish(outgoing(events))).toEqual(Array(30).fill({ kind: "published" }));
      expect(await published()).toHaveLength(30);
    });

    test("K3: sends the text of an event byte for byte, whatever a printer would make of it", async () => {
      const { publisher, published } = await make();
      const event = created(order("1"));
      const text = JSON.stringify(event).replace("{", '{\r\n "one":1.0,"b":1,"1":"\\u00e9",');

      expect(await publisher.publish([{ event, text }, { event }])).toHaveLength(2);

      expect([...(await published())].sort()).toEqual([text, JSON.stringify(event)].sort());
    });

    test("A8: publishing the same event again makes a duplicate message, not another event", async () => {
      const { publisher, published } = await make();
      const event = created(order("1"));

      await publisher.publish([{ event }, { event }]);
      await publisher.publish([{ event }]);

      expect(await published()).toEqual(Array(3).fill(JSON.stringify(event)));
    });
  });
}
