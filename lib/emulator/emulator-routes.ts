import type { AppDeclaration } from "./app-declaration.ts";
import { ACCOUNT } from "./assembly/identities.ts";
import type { ApiSpec } from "./assembly/model.ts";
import { CONSOLE_PATH, emulatorConsole } from "./control/emulator-console.ts";
import { serveControl } from "./control/serve-control.ts";
import type { EmulatorContext } from "./emulator-context.ts";
import { fileHandleLimit, mostRunning } from "./file-handles.ts";
import { type RequestListener, serveApi } from "./gateway/serve-api.ts";
import type { ServedApi } from "./serve-apis.ts";
import type { EmulatorFunctions } from "./start-functions.ts";
import type { EmulatorServices } from "./start-services.ts";

/** Serves `/_emulator`, which operates the emulator itself, and every other path by `next`. `url` is the address. */
export function emulatorRoutes(
  {
    url,
    apis,
    app,
  }: { readonly url: string; readonly apis: readonly ServedApi[]; readonly app: AppDeclaration },
  { region, clock, logs, calls }: EmulatorContext,
  { model, endpoints, mailbox, faults }: EmulatorServices,
  { host, monitor, observatory, sources, mappings }: EmulatorFunctions,
  next: RequestListener,
): RequestListener {
  const functions = model.functions.map(({ name }) => name);
  const tables = model.tables.map(({ name }) => name);
  const sendBad = app.badMessages?.(model, endpoints);
  const events = app.events?.(model, endpoints);
  const { leftOut } = model;
  const [queues, topics] = [model.queues, model.topics].map((all) => all.map(({ name }) => name));
  const consumers = app.consumersOf?.(model);
  return serveControl(
    {
      mailbox,
      monitor,
      logs,
      faults,
      observatory,
      schedules: model.schedules.map(({ name, enabled }) => ({ name, enabled })),
      runSchedule: sources.runSchedule,
      awsCalls: {
        functions: model.functions,
        host,
        invokeLater: sources.invokeLater,
        checks: calls,
        mappings,
        region,
      },
      about: () => ({
        app: app.name,
        topic: events?.topic,
        url,
        apis,
        endpoints,
        functions,
        queues,
        topics,
        tables,
        leftOut,
      }),
      console: emulatorConsole({
        ...{ url, region, observatory, mailbox, faults, logs, consumers },
        metrics: monitor.metrics,
        functions: model.functions,
        events,
      }),
      ...(events && { sendEvent: events.send }),
      ...(sendBad && { sendPoison: () => sendBad(clock.now()) }),
    },
    next,
  );
}

/** An API of the templates. `url` is the address of the emulator. */
export function apiRoutes(
  api: ApiSpec,
  { clock, region }: EmulatorContext,
  { disk, isKeyPermitted }: EmulatorServices,
  { host, monitor }: EmulatorFunctions,
  onRefusal: (what: string) => void,
  url: string,
): RequestListener {
  return serveApi({
    api,
    host,
    clock,
    isFull: disk.isFull,
    mostRunning: mostRunning(fileHandleLimit()),
    onRefusal,
    home: `${url}${CONSOLE_PATH}/`,
    permits: (accessKeyId, request) =>
      isKeyPermitted(accessKeyId, {
        action: "execute-api:Invoke",
        resource: `arn:aws:execute-api:${region}:${ACCOUNT}:${api.id}/${api.stageName}/${request}`,
      }),
    onAnswer: (status, latencyMs) => monitor.answered(api, status, latencyMs),
  });
}

/** In place of an API, for an app that has none. */
export const noApi: RequestListener = async (incoming, outgoing) => {
  incoming.resume();
  outgoing
    .writeHead(404, { "Content-Type": "text/plain; charset=utf-8" })
    .end("The app has no API. The console of the emulator is at /_emulator/console/\n");
};
