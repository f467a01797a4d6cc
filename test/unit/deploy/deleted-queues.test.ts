import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { readSettings } from "../../../lib/config.ts";
import { waitForQueueNames } from "../../../lib/deploy/deleted-queues.ts";
import { DeployError } from "../../../lib/deploy/deploy-error.ts";
import { account } from "../../fakes/deployed-stacks.ts";

const NOW = Date.UTC(2026, 0, 1, 12);
beforeEach(() => {
  vi.spyOn(console, "log").mockImplementation(() => {});
  vi.useFakeTimers({ now: NOW, toFake: ["Date"] });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** CloudFormation with these deleted stacks, by the seconds since their deletion. */
const deleted =
  (...stacks: readonly (readonly [name: string, secondsAgo: number])[]): typeof fetch =>
  async () =>
    new Response(
      stacks
        .map(
          ([name, ago]) =>
            `<member><StackName>${name}</StackName><DeletionTime>${new Date(NOW - ago * 1_000).toISOString()}</DeletionTime></member>`,
        )
        .join("\n"),
    );

async function waited(send: typeof fetch): Promise<readonly number[]> {
  const sleeps: number[] = [];
  const sleep = async (ms: number) => void sleeps.push(ms);
  await waitForQueueNames(account, readSettings({ stage: "prod" }), sleep, send);
  return sleeps;
}

it.each([
  ["no deleted stack", deleted(), []],
  ["queues that were deleted a minute ago", deleted(["order-events-prod-messaging", 60]), []],
  ["the queues of another stage", deleted(["order-events-dev-messaging", 5]), []],
  ["a stack without queues", deleted(["order-events-prod-data", 5]), []],
  ["queues that were deleted now", deleted(["order-events-prod-messaging", 0]), [60_000]],
  ["a clock that is behind that of AWS", deleted(["order-events-prod-messaging", -30]), [60_000]],
  [
    "queues of several deletions",
    deleted(
      ["order-events-prod-messaging", 86_400],
      ["order-events-prod-kafka", 40],
      ["order-events-prod-messaging", 20],
    ),
    [40_000],
  ],
])("a deployment after %s waits until SQS takes their names", async (_, send, sleeps) => {
  expect(await waited(send)).toEqual(sleeps);
});

it("prints why it waits", async () => {
  await waited(deleted(["order-events-prod-messaging", 15]));

  expect(vi.mocked(console.log).mock.calls.flat().join("\n")).toContain("60 seconds: waiting 45 s");
});

it("rejects with the reason where CloudFormation refuses", async () => {
  const refused: typeof fetch = async () => new Response("<Message>no permission</Message>", { status: 403 });

  await expect(waited(refused)).rejects.toThrow(DeployError);
  await expect(waited(refused)).rejects.toThrow("CloudFormation in eu-central-1: no permission");
});
