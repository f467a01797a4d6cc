import { expect, test } from "vitest";
import { stackLinks, stacksToUpdateFirst } from "../../lib/deploy/removed-exports.ts";
import { account, deployedStacks } from "../fakes/deployed-stacks.ts";
import { synthesized } from "./synthesized.ts";

/** Of the cloud assembly on disk, as `npm run deploy` reads it. */
const links = (context: Readonly<Record<string, unknown>> = {}) =>
  stackLinks(synthesized(context).orderEvents.app.synth().directory);

test("a deployment without a consumer that was there updates the service stack first", async () => {
  const [before, after] = [links(), links({ mails: false })];

  expect(await stacksToUpdateFirst(account, after, deployedStacks(...before))).toEqual([
    "order-events-dev-service",
  ]);
  expect(await stacksToUpdateFirst(account, before, deployedStacks(...after))).toEqual([]);
  expect(await stacksToUpdateFirst(account, before, deployedStacks(...before))).toEqual([]);
});

test("the stacks of all backbones are read in the order of deployment", () => {
  const stacks = links({ backbones: "queues,kafka,rabbitmq" });

  for (const [at, { imports, after }] of stacks.entries()) {
    const earlier = stacks.slice(0, at);
    expect(earlier.map(({ name }) => name)).toEqual(expect.arrayContaining([...after]));
    expect(earlier.flatMap(({ exports }) => exports)).toEqual(expect.arrayContaining([...imports]));
  }
  expect(stacks.flatMap(({ imports }) => imports)).not.toEqual([]);
});
