import { afterEach, expect, test, vi } from "vitest";
import { isOrderEvent } from "../../../functions/contract/validators.js";
import { poisonMessages, sendPoisonMessages } from "../../../lib/emulator/order-events/poison-messages.ts";

afterEach(() => {
  vi.unstubAllGlobals();
});

test("one message is not JSON, and the other is a valid event of an unknown order", () => {
  const [malformed, stray] = poisonMessages(Date.UTC(2026, 0, 1)).map(({ body }) => body);

  expect(() => JSON.parse(malformed ?? "")).toThrow(SyntaxError);
  expect(isOrderEvent(JSON.parse(stray ?? ""))).toBe(true);
});

test("each call returns new messages", () => {
  const keys = [...poisonMessages(0), ...poisonMessages(0)].map(({ failedKey }) => failedKey);

  expect(new Set(keys).size).toBe(4);
});

test("a queue that rejects them is an error", async () => {
  vi.stubGlobal("fetch", async () => new Response("QueueDoesNotExist", { status: 400 }));

  await expect(sendPoisonMessages("http://sqs", "http://sqs/q", 0)).rejects.toThrow("QueueDoesNotExist");
});
