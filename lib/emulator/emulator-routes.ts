import { emulatorConsole } from "./control/emulator-console.ts";
import { serveControl } from "./control/serve-control.ts";
import type { EmulatorContext } from "./emulator-context.ts";
import { POISON_CONSUMER, sendPoisonMessages } from "./faults/poison-messages.ts";
import { fileHandleLimit, mostRunning } from "./file-handles.ts";
import { type RequestListener, serveRestApi } from "./gateway/rest-api.ts";
import type { EmulatorFunctions } from "./start-functions.ts";
import type { EmulatorServices } from "./start-services.ts";

/** The REST API of the templates, and under `/_emulator` the control of the emulator itself. `url` is its address. */
export function emulatorRoutes(
  url: string,
  { region, clock, logs }: EmulatorContext,
  { model, endpoints, mailbox, faults, disk }: EmulatorServices,
  { host, monitor, observatory }: EmulatorFunctions,
  onRefusal: (what: string) => void,
): RequestListener {
  const functions = model.functions.map(({ name }) => name);
  const tables = model.tables.map(({ name }) => name);
  const poisonQueueUrl = model.sqsMappings.find(
    ({ functionName }) => functionName === POISON_CONSUMER,
  )?.queueUrl;
  return serveControl(
    {
      mailbox,
      monitor,
      logs,
      faults,
      observatory,
      about: () => ({ url, endpoints, functions, tables }),
      console: emulatorConsole({ url, region, observatory, mailbox, faults, functions, tables }),
      ...(poisonQueueUrl && {
        sendPoison: () => sendPoisonMessages(endpoints.sqs, poisonQueueUrl, clock.now()),
      }),
    },
    serveRestApi({
      api: model.api,
      host,
      clock,
      isFull: disk.isFull,
      mostRunning: mostRunning(fileHandleLimit()),
      onRefusal,
      onAnswer: monitor.answered,
    }),
  );
}
