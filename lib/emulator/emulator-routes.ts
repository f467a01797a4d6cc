import { stageConsole } from "./control/emulator-console.ts";
import { serveControl } from "./control/serve-control.ts";
import type { StageContext } from "./emulator-context.ts";
import { POISONED, putPoisons } from "./faults/poison.ts";
import { type RequestListener, serveRestApi } from "./gateway/rest-api.ts";
import type { StageFunctions } from "./start-functions.ts";
import type { StageServices } from "./start-services.ts";

/** The REST API of the templates, and below `/_stage` what operates the stage itself. `url` is where it is served. */
export function stageFront(
  url: string,
  { region, clock, logs }: StageContext,
  { model, endpoints, mailbox, faults }: StageServices,
  { host, monitor, observatory }: StageFunctions,
): RequestListener {
  const functions = model.functions.map(({ name }) => name);
  const tables = model.tables.map(({ name }) => name);
  const poisoned = model.sqsMappings.find(({ functionName }) => functionName === POISONED)?.queueUrl;
  return serveControl(
    {
      mailbox,
      monitor,
      logs,
      faults,
      observatory,
      about: () => ({ url, endpoints, functions, tables }),
      console: stageConsole({ url, region, observatory, mailbox, faults, functions, tables }),
      ...(poisoned && { poison: () => putPoisons(endpoints.sqs, poisoned, clock.now()) }),
    },
    serveRestApi({ api: model.api, host, clock, onAnswer: monitor.answered }),
  );
}
