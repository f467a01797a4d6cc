import type { Settings } from "../config.ts";
import { physicalName } from "../constructs/resource-names.ts";
import { printLine } from "../terminal.ts";
import type { Account } from "./account.ts";
import { askCloudFormation } from "./cloudformation.ts";
import { elementIn, membersIn } from "./xml-answer.ts";

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteQueue.html */
const NAME_IS_TAKEN_MS = 60_000;
const STACKS_WITH_QUEUES = ["messaging", "kafka", "rabbitmq"];

/** Waits until SQS takes the names of queues that were deleted with an earlier deployment of the stage. */
export async function waitForQueueNames(
  account: Account,
  settings: Settings,
  sleep: (ms: number) => Promise<unknown>,
  send: typeof fetch = fetch,
): Promise<void> {
  const names = new Set(STACKS_WITH_QUEUES.map((stack) => physicalName(settings, stack)));
  const deletedAt = (await deletedStacks(account, send))
    .filter(({ name }) => names.has(name))
    .map(({ at }) => at);
  const leftMs = Math.min(NAME_IS_TAKEN_MS, Math.max(0, ...deletedAt) + NAME_IS_TAKEN_MS - Date.now());
  if (leftMs <= 0) return;
  printLine(
    `   SQS refuses the names of deleted queues for 60 seconds: waiting ${Math.ceil(leftMs / 1_000)} s`,
  );
  await sleep(leftMs);
}

/** The stacks that were deleted, the latest among them. */
async function deletedStacks(
  account: Account,
  send: typeof fetch,
): Promise<readonly { readonly name: string; readonly at: number }[]> {
  const query = { Action: "ListStacks", "StackStatusFilter.member.1": "DELETE_COMPLETE" };
  const text = await askCloudFormation(account, query, undefined, send);
  return membersIn(text).flatMap((member) => {
    const name = elementIn(member, "StackName");
    const at = Date.parse(elementIn(member, "DeletionTime") ?? "");
    return name === undefined || Number.isNaN(at) ? [] : [{ name, at }];
  });
}
