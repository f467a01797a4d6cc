import { once } from "node:events";
import { CONSUMER_NAMES } from "../../../functions/consumers/consumers.ts";
import { lazyPage } from "../console/server/build-page.ts";
import { type Listening, listenOnLoopback } from "../console/server/listen.ts";
import { openBrowser } from "../console/server/open-browser.ts";
import { serveConsole } from "../console/server/serve-console.ts";
import { createSession, type Session } from "../console/server/session.ts";
import type { ConsoleAbout } from "../observe/view-types.ts";
import { bodyOf, exchangeHttp } from "../target/api-client.ts";
import { awsAccess } from "../target/aws-target.ts";
import { RequestError } from "../target/request-error.ts";
import { readAccess } from "../target/role-access.ts";
import { httpRequest } from "../target/route-request.ts";
import { type Command, type CommandContext, EXIT, textFlag, wholeNumber } from "./command.ts";

const BASE = "/console";

export const consoleCommand: Command = {
  name: "console",
  takes: "",
  summary: "Open the console in the browser",
  details: ["Queues, metrics, alarms, orders and failed messages, served on loopback."],
  flags: {
    port: {
      type: "string",
      default: "0",
      value: "number",
      help: "Port of the console of a deployment; 0 is any free port",
    },
    "no-open": { type: "boolean", default: false, help: "Only print the address" },
  },
  example: "console --stage prod",
  async run(context) {
    const port = wholeNumber(context.flags["port"], "--port", 0, 65_535);
    const isOfEmulator = ["stage", "profile", "role"].every((name) => textFlag(context, name) === undefined);
    if (isOfEmulator) return openConsole(context, await emulatorAddress(context));
    const { url, session, close } = await serveDeployment(context, port);
    openConsole(context, `${url}${BASE}/?key=${session.key}`);
    if (!context.json) {
      context.write("The address works once, for one browser. Press Ctrl-C to stop the console.\n");
    }
    await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
    await close();
    return EXIT.ok;
  },
};

/** The local emulator serves the console itself. */
async function emulatorAddress(context: CommandContext): Promise<string> {
  bodyOf(await exchangeHttp(context, httpRequest("GET", "/_emulator/console/api/about")));
  return `${context.url}/_emulator/console/`;
}

function openConsole(context: CommandContext, address: string) {
  const { json, write, flags } = context;
  write(json ? `${JSON.stringify({ url: address })}\n` : `${address}\n`);
  if (flags["no-open"] !== true && process.stdout.isTTY) openBrowser(address);
  return EXIT.ok;
}

/**
 * Serves the console on loopback: of a deployment, or of the emulator as a role sees it. Its requests are signed with the
 * caller's credentials.
 */
export async function serveDeployment(
  context: CommandContext,
  port: number,
): Promise<Listening & { readonly session: Session }> {
  // First, because it rejects without a stage.
  const data = await context.observatory();
  const isLocal = textFlag(context, "role") !== undefined;
  const { region } = isLocal ? { region: "" } : await awsAccess(textFlag(context, "profile"));
  const stage = textFlag(context, "stage") ?? "";
  const access = await readAccess(context);
  const about: ConsoleAbout = {
    where: isLocal ? "local" : "aws",
    stage,
    region,
    url: context.url,
    // Orders placed by an operator would take stock from the deployment's customers.
    can: {
      break: false,
      functions: false,
      mailbox: false,
      orders: true,
      placeOrders: isLocal,
      sendEvents: false,
    },
    consumers: context.consumers ?? CONSUMER_NAMES,
    ...access,
    ...(context.topicArn === undefined ? {} : { topic: { arn: context.topicArn, region } }),
  };
  const page = lazyPage();
  let session: Session | undefined;
  const listening = await listenOnLoopback(port, (taken) => {
    session = createSession(taken);
    const { url, fetch, getRole } = context;
    const api = { url, fetch, ...(getRole === undefined ? {} : { getRole }) };
    return serveConsole({ base: BASE, about: () => about, data, api, page, session });
  });
  if (session === undefined) throw new RequestError("the console did not begin to listen");
  return { ...listening, session };
}
