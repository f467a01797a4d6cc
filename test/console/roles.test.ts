import { expect, it, onTestFinished } from "vitest";
import type { Role } from "../../functions/contract/roles.ts";
import type { CommandContext } from "../../lib/operator/cli/command.ts";
import { serveDeployment } from "../../lib/operator/cli/console-command.ts";
import { httpObservatory } from "../../lib/operator/observe/http-observatory.ts";
import { emulatorAccess, signedFetch } from "../../lib/operator/target/aws-target.ts";
import { eventAbout, failedKey, put } from "../e2e/messages.ts";
import { openOwnEmulator } from "../e2e/open-target.ts";
import { violationsOf } from "./axe.ts";
import { openWindow } from "./browser.ts";

const view = openWindow();
const { target, api } = await openOwnEmulator();
await api.stockUp("tea", 100);
const order = await api.decidedOrder("tea", 2);
const broken = JSON.stringify(eventAbout(order, "order.created", 1)).slice(0, -1);
const key = failedKey("order-created", broken);
await put(target, "order-created", broken);
await api.failed(key, "OPEN");

/** The console of the emulator, as `order-events console --role` serves it. */
async function consoleOf(role: Role, hash: string) {
  const { url } = target;
  const context = {
    url,
    flags: { role },
    fetch: signedFetch(emulatorAccess(role), "execute-api"),
    observatory: async () => httpObservatory({ url }),
  } as unknown as CommandContext;
  const served = await serveDeployment(context, 0);
  onTestFinished(served.close);
  const page = await view.open(`${served.url}/console/?key=${served.session.key}`);
  const go = async (to: string) => {
    await page.goto(`${served.url}/console/${to}`);
    await page.locator("main h1").waitFor();
  };
  await go(hash);
  return { page, go };
}

it("a reader sees a failed message without its body, and is offered no act", async () => {
  const { page, go } = await consoleOf("reader", `#/failed/message/${key}`);

  await page.getByText("A redrive would be refused. It would fail as MALFORMED_JSON").waitFor();
  await page.getByText("The body and the attributes need the role operator.").waitFor();
  await page.keyboard.press("e");
  expect(await page.locator("main .acts button").count()).toBe(0);
  expect(await page.getByRole("dialog").count()).toBe(0);
  expect(await violationsOf(page)).toEqual([]);

  await go("#/failed/messages");
  await page.getByRole("list", { name: "Messages" }).getByRole("link").first().waitFor();
  expect(await page.getByRole("button", { name: "Redrive all" }).count()).toBe(0);

  await go(`#/orders/${order.orderId}`);
  await page.getByText("CONFIRMED", { exact: false }).first().waitFor();
  expect(await page.getByRole("button", { name: "Cancel order" }).count()).toBe(0);

  await go("#/orders?limit=50");
  await page.getByRole("link", { name: order.orderId }).waitFor();
  expect(await page.getByRole("button", { name: "Place" }).count()).toBe(0);

  await go("#/live?outcome=accepted");
  await page.getByRole("listitem").first().waitFor();
  expect(await page.getByText("Body", { exact: true }).count()).toBe(0);

  await go("#/functions");
  await page.getByText("Only the emulator's own console has this view.").waitFor();
  expect(await page.getByRole("alert").count()).toBe(0);

  const refused = await page.request.get(`${page.url().split("#")[0]}api/failed-message-bodies/${key}`);
  expect(refused.status()).toBe(403);
  expect(await refused.json()).toMatchObject({
    detail: expect.stringContaining("It needs the role operator"),
  });
});

it("an operator is offered the acts on one message and one order, not those on many and on stock", async () => {
  const { page, go } = await consoleOf("operator", `#/failed/message/${key}`);

  await page.getByRole("button", { name: "Edit and redrive" }).waitFor();
  await page.getByRole("region", { name: "Body of the message" }).waitFor();
  await page.getByText("· operator").waitFor();

  await go("#/live?outcome=accepted");
  await page.getByText("Body", { exact: true }).first().click();
  await page.getByText('"customerId"').waitFor();

  await go("#/failed/messages");
  await page.getByRole("list", { name: "Messages" }).getByRole("link").first().waitFor();
  expect(await page.getByRole("button", { name: "Redrive all" }).count()).toBe(0);

  await go("#/orders");
  await page.getByRole("button", { name: "Place" }).first().waitFor();
  expect(await page.getByRole("heading", { name: "Count stock" }).count()).toBe(0);
});

it("an administrator is offered those on many too", async () => {
  const { page } = await consoleOf("administrator", "#/failed/messages");

  await page.getByRole("button", { name: "Redrive all" }).waitFor();
  expect(view.faults).toEqual([]);
});
