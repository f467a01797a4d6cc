import { expect, test } from "vitest";
import { applyWrite } from "../../../functions/failures/record-failure.ts";
import { fakeClock } from "../../fakes/fake-clock.ts";
import { memoryTables } from "../../fakes/memory-tables.ts";
import { failedRow } from "../../fixtures/failed-rows.ts";

test("I18: an action whose reply was lost counts once although another writer changed the row before its retry", async () => {
  const clock = fakeClock();
  const tables = memoryTables(clock.now);
  const row = failedRow();
  tables.rows.failed.set(row.failedKey, row);
  let id = 0;
  const ports = {
    failedMessages: tables.failedMessages,
    clock,
    newId: () => `write-${++id}`,
    returnWithinSeconds: 60,
  };
  const { generation } = row;
  const put = tables.failedMessages.put;
  let isFirst = true;
  const overtaken = {
    ...tables.failedMessages,
    async put(...args: Parameters<typeof put>) {
      if (!isFirst) return put(...args);
      isFirst = false;
      await put(...args);
      await applyWrite(ports, row.failedKey, {
        kind: "undo",
        generation,
        by: "another operator",
        why: "no test",
      });
      // The reply to the repeated attempt: the row has another revision and another write id.
      return false;
    },
  };

  const result = await applyWrite({ ...ports, failedMessages: overtaken }, row.failedKey, {
    kind: "discard",
    generation,
    by: "ada",
    why: "a test",
  });

  const after = tables.rows.failed.get(row.failedKey);
  expect(result.applied).toBe(true);
  expect(after?.status).toBe("OPEN");
  expect(after?.history.map(({ by, act }) => [by, act])).toEqual([
    ["order-created", "park"],
    ["ada", "discard"],
    ["another operator", "undo"],
  ]);
});
