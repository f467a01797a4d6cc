import { once } from "node:events";
import { lazyPage } from "../console/server/build-page.ts";
import { type Listening, listenOnLoopback } from "../console/server/listen.ts";
import { openBrowser } from "../console/server/open-browser.ts";
import { serveConsole } from "../console/server/serve-console.ts";
import { createSession, type Session } from "../console/server/session.ts";
import type { ConsoleAbout } from "../observe/view-types.ts";
import { request } from "../target/api-client.ts";
import { awsAccess } from "../target/aws-target.ts";
import { RequestError } from "../target/request-error.ts";
import { type Command, type CommandContext, EXIT, textFlag, wholeNumber } from "./command.ts";

const BASE = "/console";

export const consoleCommand: Command = {
  name: "console",
  takes: "",
  summary: "queues, metrics, alarms, orders and failed messages in the browser, on this machine alone",
  flags: { port: { type: "string", default: "0" }, "no-open": { type: "boolean", default: false } },
  flagHelp: [
    "--port N       where it is served for a deployment in AWS (default: any free port)",
    "--no-open      only print the address",
  ],
  async run(context) {
    const port = wholeNumber(context.flags["port"], "--port", 0, 65_535);
    if (textFlag(context, "stage") === undefined && textFlag(context, "profile") === undefined) {
      return show(context, await emulatorAddress(context));
    }
    const { url, session, close } = await serveDeployment(context, port);
    show(context, `${url}${BASE}/?key=${session.key}`);
    if (!context.json) {
      context.write("The address lets one browser in, once. Ctrl-C ends the console.\n");
    }
    await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
    await close();
    return EXIT.ok;
  },
};

/** The local emulator serves the console itself. */
async function emulatorAddress(context: CommandContext): Promise<string> {
  await request(context, { path: "/_emulator/console/api/about" });
  return `${context.url}/_emulator/console/`;
}

function show(context: CommandContext, address: string) {
  const { json, write, flags } = context;
  write(json ? `${JSON.stringify({ url: address })}\n` : `${address}\n`);
  if (flags["no-open"] !== true && process.stdout.isTTY) openBrowser(address);
  return EXIT.ok;
}

/** Serves the console on loopback. What it asks of AWS is signed with the credentials of whoever started it. */
export async function serveDeployment(
  context: CommandContext,
  port: number,
): Promise<Listening & { readonly session: Session }> {
  // Says first where no stage is named.
  const data = await context.observatory();
  const { region } = await awsAccess(textFlag(context, "profile"));
  const stage = textFlag(context, "stage") ?? "";
  const about: ConsoleAbout = {
    where: "aws",
    stage,
    region,
    url: context.url,
    // Orders of a deployment are its customers': a form here would take stock from them.
    can: { break: false, mailbox: false, placeOrders: false },
    ...(context.consumers === undefined ? {} : { consumers: context.consumers }),
  };
  const page = lazyPage();
  let session: Session | undefined;
  const listening = await listenOnLoopback(port, (taken) => {
    session = createSession(taken);
    const api = { url: context.url, fetch: context.fetch };
    return serveConsole({ base: BASE, about: () => about, data, api, page, session });
  });
  if (session === undefined) throw new RequestError("the console did not begin to listen");
  return { ...listening, session };
}
