import { useContext, useEffect, useRef } from "preact/hooks";
import { Faults } from "./emulator/faults.tsx";
import { Functions } from "./emulator/functions.tsx";
import { Mailbox } from "./emulator/mailbox.tsx";
import { EventsPage } from "./events/events-page.tsx";
import { Groups } from "./failed/groups.tsx";
import { Message } from "./failed/message.tsx";
import { Messages } from "./failed/messages.tsx";
import { Job } from "./jobs/job.tsx";
import { LivePage } from "./live/live-page.tsx";
import { LogPage } from "./live/log-page.tsx";
import { Order } from "./orders/order.tsx";
import { Orders } from "./orders/orders.tsx";
import { Overview } from "./overview/overview.tsx";
import { QueuePage } from "./overview/queue-page.tsx";
import { Empty } from "./page/states.tsx";
import { hrefTo, type Route } from "./route.ts";
import { TargetInfo } from "./target-info.ts";

const TITLES: Readonly<Record<Route["kind"], string>> = {
  overview: "Overview",
  live: "Live",
  queue: "Queue",
  log: "Log",
  groups: "Failed messages",
  messages: "Failed messages",
  message: "Failed message",
  job: "Job",
  orders: "Orders",
  order: "Order",
  events: "Events",
  functions: "Functions",
  mailbox: "Mailbox",
  faults: "Faults",
  "not-found": "Not found",
};

/** The view of a route. */
export function View({ route }: { readonly route: Route }) {
  const isFirst = useRef(true);
  const { can } = useContext(TargetInfo).about;
  const { kind } = route;
  useEffect(() => {
    document.title = `${TITLES[kind]} · order-events`;
    // After a link is followed by keyboard, the focus continues in the new view, not in the bar.
    if (!isFirst.current && document.querySelector("main :focus") === null) {
      document.getElementById("main")?.focus();
    }
    isFirst.current = false;
    // The list of messages goes to the row in its address.
    if (!(route.kind === "messages" && route.place?.at !== undefined)) scrollTo(0, 0);
  }, [kind]);
  switch (route.kind) {
    case "overview":
      return <Overview />;
    case "queue":
      return <QueuePage key={route.queue} queue={route.queue} />;
    case "live":
      return <LivePage key={JSON.stringify(route.filter)} filter={route.filter} />;
    case "groups":
      return <Groups filter={route.filter} />;
    case "messages":
      return <Messages filter={route.filter} place={route.place ?? {}} />;
    case "message":
      return <Message key={route.failedKey} failedKey={route.failedKey} />;
    case "job":
      return <Job key={route.jobId} jobId={route.jobId} />;
    case "log":
      return <LogPage key={route.requestId} {...route} />;
    case "orders":
      return <Orders search={route.search} />;
    case "order":
      return <Order key={route.orderId} orderId={route.orderId} />;
    case "events":
      return <EventsPage type={route.type} />;
    case "functions":
      return can.functions ? <Functions /> : <EmulatorOnly title={TITLES[kind]} />;
    case "mailbox":
      return can.mailbox ? <Mailbox /> : <EmulatorOnly title={TITLES[kind]} />;
    case "faults":
      return can.break ? <Faults /> : <EmulatorOnly title={TITLES[kind]} />;
    case "not-found":
      return (
        <>
          <h1>{TITLES[kind]}</h1>
          <Empty>
            The console has no view <code>{route.hash}</code>.{" "}
            <a href={hrefTo({ kind: "overview" })}>Open the overview</a>
          </Empty>
        </>
      );
  }
}

/** A view that this console does not offer. */
function EmulatorOnly({ title }: { readonly title: string }) {
  return (
    <>
      <h1>{title}</h1>
      <Empty>
        Only the emulator's own console has this view. It is at <code>/_emulator/console/</code> of the
        emulator. <a href={hrefTo({ kind: "overview" })}>Open the overview</a>
      </Empty>
    </>
  );
}
