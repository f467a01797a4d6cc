import type { FailedMessage } from "../../../functions/domain/failed-message.ts";
import { applyWrite } from "../../../functions/use-cases/record-failure.ts";
import { queueUrlOf } from "../parts.ts";
import { QUEUE_CONSUMERS, type World } from "../world.ts";

/** An act that an operator was told had applied. */
export interface Acted {
  readonly failedKey: string;
  readonly by: string;
}

export interface Operators {
  readonly acted: readonly Acted[];
  hasWork(): boolean;
  act(): void;
}

const PATIENCE_MS = 600_000;

/** People with a tool that can fail and be killed like any function. They look, wait, and act on what they saw. */
export function operators(world: World): Operators {
  const { random, host, parts, tables, weather } = world;
  const acted: Acted[] = [];
  let left = weather.operators * 3;
  const actable = () =>
    [...tables.rows.failed.values()].filter(({ status }) => status === "OPEN" || status === "DISCARDED");

  async function actOn(row: FailedMessage, by: string): Promise<boolean> {
    const { failures, ports } = parts;
    if (row.status === "DISCARDED") {
      return (await applyWrite(failures, row.failedKey, { kind: "undo", by })).applied;
    }
    const consumer = QUEUE_CONSUMERS.find((name) => name === row.consumer);
    if (consumer === undefined || random.chance(0.25)) {
      const write = { kind: "discard", generation: row.generation, by, why: "not needed" } as const;
      return (await applyWrite(failures, row.failedKey, write)).applied;
    }
    const body = random.chance(0.15) ? edited(row.body) : row.body;
    return parts.redrive({ failures, queues: ports.queues }, { ...row, body }, queueUrlOf(consumer), by);
  }

  return {
    acted,
    hasWork: () => left > 0 && host.running("operator") < 2 && actable().length > 0,
    act() {
      left -= 1;
      const row = random.pick(actable());
      const by = `operator-${left}`;
      host.invoke(
        "operator",
        { timeoutMs: PATIENCE_MS, skewMs: 0, becomesZombie: false },
        () => actOn(row, by),
        (ending) => {
          if (ending.kind === "answer" && ending.value === true) acted.push({ failedKey: row.failedKey, by });
        },
      );
    },
  };
}

/** An edit may add what the schema does not know; id, type, subject and lines stay. */
function edited(body: string): string {
  return body.endsWith("}}") ? `${body.slice(0, -1)},"edited":true}` : body;
}
