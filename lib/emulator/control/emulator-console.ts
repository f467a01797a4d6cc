import { lazyPage } from "../../operator/console/server/build-page.ts";
import { type Listener, serveConsole } from "../../operator/console/server/serve-console.ts";
import type { Observatory } from "../../operator/observe/observatory.ts";
import type { ConsoleAbout, EmulatorPowers } from "../../operator/observe/view-types.ts";
import { FULL_ACCESS } from "../../operator/target/role-access.ts";
import type { EventSender } from "../app-declaration.ts";
import type { FunctionSpec } from "../assembly/model.ts";
import type { Faults } from "../faults/fault-switches.ts";
import type { MetricStore } from "../metrics/metric-store.ts";
import type { RecentLogs } from "../recent-logs.ts";
import type { Mailbox } from "../services/mailbox.ts";
import { functionViews, logViews } from "./function-views.ts";

export const CONSOLE_PATH = "/_emulator/console";

export interface EmulatorConsoleOptions {
  /** Address of the emulator. */
  readonly url: string;
  readonly region: string;
  readonly observatory: Observatory;
  readonly mailbox: Mailbox;
  readonly faults: Faults;
  readonly logs: RecentLogs;
  readonly metrics: MetricStore;
  readonly functions: readonly FunctionSpec[];
  /** Consumers of order events; absent for an app without orders. */
  readonly consumers: readonly string[] | undefined;
  readonly events: EventSender | undefined;
}

/** The console of the local emulator. */
export function emulatorConsole(options: EmulatorConsoleOptions): Listener {
  const { url, region, observatory, consumers = [] } = options;
  const orders = options.consumers !== undefined;
  const { events } = options;
  const sendEvents = events !== undefined;
  const can = { break: true, functions: true, mailbox: true, orders, placeOrders: orders, sendEvents };
  // Unsigned requests are served, so that all is offered.
  const about: ConsoleAbout = {
    where: "local",
    stage: "local",
    region,
    url,
    can,
    consumers,
    ...FULL_ACCESS,
    ...(events && { topic: events.topic }),
  };
  return serveConsole({
    base: CONSOLE_PATH,
    about: () => about,
    data: observatory,
    api: { url, fetch },
    emulator: powersOf(options),
    page: lazyPage(),
  });
}

function powersOf(options: EmulatorConsoleOptions): EmulatorPowers {
  const { mailbox, faults, functions, logs, metrics, events } = options;
  return {
    mailbox: () => mailbox.list().toReversed(),
    functions: () => functionViews(functions, metrics),
    logs: () => logViews(logs),
    faults: () => ({
      targets: faults.targets,
      active: faults.list().map(({ text, rate, endsAt }) => ({
        target: text,
        rate,
        ...(endsAt === undefined ? {} : { endsAt }),
      })),
    }),
    ...(events && { sendEvent: events.send }),
    break({ target, rate = 1, forSeconds }) {
      faults.break(target, { rate, ...(forSeconds === undefined ? {} : { forMs: forSeconds * 1_000 }) });
    },
    mend: ({ target = "all" }) => void faults.mend(target),
  };
}
