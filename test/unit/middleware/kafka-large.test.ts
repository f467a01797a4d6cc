import { describe, expect, test } from "vitest";
import { failedKeyOf } from "../../../functions/failures/domain/failed-message.ts";
import { transition } from "../../../functions/failures/domain/failed-transition.ts";
import { sha256 } from "../../../functions/middleware/sha256.ts";
import { kafka } from "../../../functions/middleware/transports/kafka.ts";
import { created, order } from "../../fixtures/events.ts";
import { at } from "../../fixtures/failed-rows.ts";
import { base64, kafkaRecord } from "../../fixtures/kafka-events.ts";

const transport = kafka();
const good = kafkaRecord(created(order("1")), { partition: 1, offset: 7 });

describe("a record that is too large for a row of the failed-message store", () => {
  const cut = (kept: string, whole: string) => `${kept}… sha256 ${sha256(whole)}`;

  test.each([
    ["text", base64("x".repeat(262_145)), cut("x".repeat(262_144), "x".repeat(262_145))],
    ["text of as many bytes as fit", base64("x".repeat(262_144)), "x".repeat(262_144)],
    [
      "text with fewer characters than bytes",
      base64("€".repeat(87_382)),
      cut(`${"€".repeat(87_381)}\uFFFD`, "€".repeat(87_382)),
    ],
    ["invalid base64", "%".repeat(300_000), cut("%".repeat(262_144), "%".repeat(300_000))],
  ])(
    "F10: of a value that is %s the start is kept, with the length and hash of the whole",
    (_, value, body) => {
      expect(transport.body({ ...good, value })).toBe(body);
    },
  );

  test("F10, K2: of a header that is too large the name, length and hash are kept; of too many the last ones", () => {
    const bytes = (count: number) => Array.from({ length: count }, () => 65);
    const many = Array.from({ length: 40 }, (_, i) => ({ [`h${i}`]: bytes(1) }));

    const kept = transport.attributes({
      ...good,
      headers: [...many, { large: bytes(2_044) }, { fits: bytes(2_044) }],
    });

    expect(Object.keys(kept)).toHaveLength(16);
    expect(kept).toHaveProperty("fits");
    expect(kept).toHaveProperty("h39");
    const whole = sha256("A".repeat(2_044));
    expect(kept["large"]).toEqual({ type: "Omitted", value: `2044 bytes, sha256 ${whole}` });
    expect(kept).not.toHaveProperty("h0");
  });

  test("F10: the size of a binary header is that of its stored form", () => {
    const noText = (count: number) => Array.from({ length: count }, () => -1);

    const kept = transport.attributes({
      ...good,
      headers: [{ fits: noText(1_533) }, { large: noText(1_534) }],
    });

    expect(kept).toEqual({
      fits: { type: "Binary", value: "////".repeat(511) },
      large: { type: "Omitted", value: expect.stringMatching(/^1534 bytes, sha256 [0-9a-f]{64}$/) },
    });
    const named = transport.attributes({ ...good, headers: [{ ["n".repeat(257)]: noText(1_534) }] });
    expect(named).toEqual({});
  });

  test.each<[string, number]>([
    ["text", 65],
    ["binary data", -1],
  ])("F10: a record of the maximum size, of %s, is a row that DynamoDB accepts", (_, byte) => {
    const value = Buffer.alloc(1_048_576, byte).toString("base64");
    const headers = [681, 2_040].flatMap((size) =>
      Array.from({ length: 40 }, (_, i) => ({
        [`h${size}-${i}`]: Array.from({ length: size }, () => byte),
      })),
    );
    const record = { ...good, value, headers: [...headers.slice(40), ...headers.slice(0, 40)] };
    const attributes = transport.attributes(record);
    const message = {
      consumer: "c",
      source: transport.source(record),
      body: transport.body(record),
      attributes,
    };
    const error = new Error("\uFFFD".repeat(1_000_000));
    const write = { kind: "park", reason: "BAD_ENCODING", error } as const;

    const row = transition(undefined, write, at(0), { ...message, failedKey: failedKeyOf(message) });

    // DynamoDB accepts 409,600 bytes, which include operator actions.
    expect(Buffer.byteLength(JSON.stringify(row))).toBeLessThan(330_000);
  });

  test("F10: two values with the same start are two rows with the location of their whole", () => {
    const rows = ["a", "b"].map((end, offset) => {
      const record = { ...good, offset, value: base64("x".repeat(300_000) + end) };
      const message = { consumer: "c", source: transport.source(record), body: transport.body(record) };
      return { ...message, failedKey: failedKeyOf({ ...message, attributes: {} }) };
    });

    expect(new Set(rows.map(({ failedKey }) => failedKey)).size).toBe(2);
    expect(rows.map(({ source }) => source)).toEqual(["kafka:order-events-1@0", "kafka:order-events-1@1"]);
  });
});
