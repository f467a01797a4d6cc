import { describe, expect, test } from "vitest";
import { failedKeyOf } from "../../../functions/failures/domain/failed-message.ts";
import { transition } from "../../../functions/failures/domain/failed-transition.ts";
import { sha256 } from "../../../functions/middleware/sha256.ts";
import { kafka } from "../../../functions/middleware/transports/kafka.ts";
import {
  foreignAttributes,
  leftOut,
  leftOutText,
} from "../../../functions/publishing/domain/message-attributes.ts";
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

  const bytes = (count: number) => Array.from({ length: count }, () => 65);
  const hash = { type: "Omitted", value: `2044 bytes, sha256 ${sha256("A".repeat(2_044))}` };

  test("F10, K2: of a header that is too large the name, length and hash are kept, and it does not travel", () => {
    const kept = transport.attributes({
      ...good,
      headers: [
        { large: bytes(2_044) },
        { fits: bytes(2_044) },
        { twice: bytes(1) },
        { twice: bytes(2_044) },
      ],
    });

    expect(kept).toEqual({
      fits: "A".repeat(2_044),
      large: hash,
      twice: { type: "Omitted", value: JSON.stringify(["A", hash]) },
    });
    expect([...leftOut(kept)].sort()).toEqual(["large", "twice"]);
  });

  test("F10, K2: of too many headers the last ones are kept and ours, and the others are named", () => {
    const many = Array.from({ length: 40 }, (_, i) => ({ [`h${i}`]: bytes(1_000) }));

    const kept = transport.attributes({ ...good, headers: [{ redriveId: bytes(1) }, ...many] });

    expect(kept).toHaveProperty("h39");
    expect(kept).not.toHaveProperty("h0");
    expect(kept).toHaveProperty("redriveId");
    const names = leftOut(kept);
    for (const header of many) {
      const [name = ""] = Object.keys(header);
      expect([name, Object.hasOwn(foreignAttributes(kept), name)]).toEqual([name, !names.includes(name)]);
    }
    expect(leftOutText(names)).toContain('"h0", "h1", ');
  });

  test("F10, K2: of more names than a row has room for the first are kept, and how many there are", () => {
    const headers = [
      ...Array.from({ length: 10_000 }, (_, i) => ({ [`${i}`.padEnd(100, "\ud800")]: bytes(1) })),
      ...Array.from({ length: 16 }, (_, i) => ({ [`h${i}`]: bytes(2_000) })),
    ];

    const { "(omitted headers)": omitted } = transport.attributes({ ...good, headers });

    const names = JSON.parse((omitted as { value: string }).value);
    expect(names[0]).toBe(`0${"\ufffd".repeat(63)}`);
    expect(names.at(-1)).toBe(`and ${10_000 - (names.length - 1)} more`);
    expect(Buffer.byteLength(JSON.stringify(omitted))).toBeLessThan(3_000);
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
    const named = transport.attributes({ ...good, headers: [{ ["n".repeat(2_049)]: noText(1) }] });
    expect(named).toEqual({
      "(omitted headers)": { type: "Omitted", value: JSON.stringify(["n".repeat(64)]) },
    });
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
