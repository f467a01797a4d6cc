import fc from "fast-check";
import { expect, test } from "vitest";
import { isListFailed } from "../../../functions/contract/operator-validators.js";
import { groupFailedMessages } from "../../../functions/failures/operators/list-failed-messages.ts";
import { queryOf } from "../../../functions/middleware/http-query.ts";
import { requestOf } from "../../../functions/middleware/http-request.ts";
import { Problem } from "../../../functions/middleware/problem.ts";
import { type KafkaRecord, kafka } from "../../../functions/middleware/transports/kafka.ts";
import { sqs } from "../../../functions/middleware/transports/sqs.ts";
import { mergeLines } from "../../../functions/orders/domain/order.ts";
import { NOTHING_KNOWN, planReservations } from "../../../functions/orders/domain/plan-reservations.ts";
import { foreignAttributes } from "../../../functions/publishing/domain/message-attributes.ts";
import { fakeClock } from "../../fakes/fake-clock.ts";
import { memoryTables } from "../../fakes/memory-tables.ts";
import { NOW } from "../../fixtures/events.ts";
import { failedRow } from "../../fixtures/failed-rows.ts";
import { HOSTILE_NAMES, hostileName } from "../../fixtures/hostile-names.ts";
import { sqsRecord } from "../../fixtures/lambda-events.ts";

const names = fc.uniqueArray(hostileName, { maxLength: 8 });
const textFor = (name: string) => `value of ${name}`;
const mapOf = (all: readonly string[]) => Object.fromEntries(all.map((name) => [name, textFor(name)]));
/** `toEqual` ignores a key that became a prototype. */
const entriesOf = (map: object) => Object.entries(map);

test("K1: attributes of SQS keep every name", () => {
  fc.assert(
    fc.property(names, (all) => {
      const attributes = sqs({}).attributes(sqsRecord("x", { attributes: mapOf(all) }));

      expect(entriesOf(attributes)).toEqual(entriesOf(mapOf(all)));
    }),
  );
});

test("K1: headers of Kafka keep every name", () => {
  fc.assert(
    fc.property(names, (all) => {
      const headers = all.map((name) => Object.fromEntries([[name, [...Buffer.from(textFor(name))]]]));
      const record: KafkaRecord = { topic: "t", partition: 0, offset: 1, headers };

      expect(entriesOf(kafka().attributes(record))).toEqual(entriesOf(mapOf(all)));
    }),
  );
});

test("K1: forwarded attributes keep every name that a queue accepts", () => {
  const all = HOSTILE_NAMES.slice(0, 7);

  expect(entriesOf(foreignAttributes(mapOf(all)))).toEqual(entriesOf(mapOf(all)));
});

test("K1: lines are merged and planned by any SKU", () => {
  fc.assert(
    fc.property(names, (all) => {
      const lines = [...all, ...all].map((sku) => ({ sku, quantity: 1, unitPrice: 5 }));

      const merged = mergeLines(lines);

      expect(merged.map(({ sku, quantity }) => [sku, quantity]).sort()).toEqual(
        all.map((sku) => [sku, 2]).sort(),
      );
      const order = { orderId: "o", lines: merged, linesDigest: "d" };
      const { take } = planReservations([order], NOTHING_KNOWN);
      expect([...take.keys()].sort()).toEqual([...all].sort());
    }),
  );
});

test("K1: failed messages are grouped by any fingerprint", async () => {
  const { failedMessages } = memoryTables(() => NOW);
  for (const name of HOSTILE_NAMES) {
    await failedMessages.put(failedRow({ failedKey: name, fingerprint: name }), undefined);
  }

  const { groups } = await groupFailedMessages({ failedMessages, clock: fakeClock(NOW) })({});

  expect(groups.map(({ fingerprint }) => fingerprint).sort()).toEqual([...HOSTILE_NAMES].sort());
});

test("K1: a query parameter of any unknown name is refused, a header of any name is read", () => {
  fc.assert(
    fc.property(hostileName, (name) => {
      const request = requestOf({
        httpMethod: "GET",
        resource: "/failed-messages",
        pathParameters: null,
        multiValueHeaders: Object.fromEntries([[name, ["v"]]]),
        multiValueQueryStringParameters: Object.fromEntries([[name, ["v"]]]),
        body: null,
        isBase64Encoded: false,
        requestContext: { requestId: "r", path: "/failed-messages" },
      });

      expect(request.header(name)).toEqual(["v"]);
      expect(() => queryOf(request, { isValid: isListFailed, names: ["limit"] })).toThrow(Problem);
    }),
  );
});
