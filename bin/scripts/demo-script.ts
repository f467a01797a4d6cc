import { fileURLToPath } from "node:url";
import { DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { operatorClient } from "../../lib/demo/operator-client.ts";
import { runOperatorScenario } from "../../lib/demo/operator-scenario.ts";
import { orderClient } from "../../lib/demo/order-client.ts";
import { runOrderScenario } from "../../lib/demo/order-scenario.ts";
import { createReporter } from "../../lib/demo/scenario-reporter.ts";
import { CREDENTIALS } from "../../lib/emulator/credentials.ts";
import { orderEventsApp } from "../../lib/emulator/order-events/order-events-app.ts";
import { synthesize } from "../../lib/emulator/order-events/synth.ts";
import { explain } from "../../lib/emulator/output/explain-error.ts";
import { type Emulator, startEmulator } from "../../lib/emulator/start-emulator.ts";
import { noFlags, scriptFlags } from "../../lib/script-flags.ts";
import { onClosedOutput, terminal } from "../../lib/terminal.ts";

const HELP = `npm run demo: places orders, breaks functions and messages, and checks the result

The demo starts a local emulator on a free port and stops it at the end. It takes about 30 seconds.

  --help, -h  prints this text

Exit code: 0 when every check passed, 1 when a check failed, 3 for an unknown flag.
`;

/** `npm run demo`: runs both scenarios on an emulator of its own. */
const root = fileURLToPath(new URL("../..", import.meta.url));

/** Stops the emulator once it runs. */
let whenClosed = (): void => process.exit(1);
onClosedOutput(() => whenClosed());

async function main(): Promise<number> {
  process.stdout.write("Synthesizing the stacks and starting the local emulator …\n");
  const emulator = await startEmulator({
    app: orderEventsApp,
    port: 0,
    assembly: async () => (await synthesize(root)).directory,
  });
  whenClosed = () => void emulator.close().finally(() => process.exit(1));
  process.stdout.write(`Ready in ${(performance.now() / 1_000).toFixed(1)} s at ${emulator.url}\n`);
  const queue = emulator.model.sqsMappings.find(({ functionName }) => functionName === "order-created");
  const reporter = createReporter((text) => process.stdout.write(text), Date.now);
  const orders = orderClient(emulator.url);
  const operator = operatorClient(emulator.url);
  try {
    await runOrderScenario(reporter, orders, operator, {
      breakFunction: (name) => void emulator.faults.break(name),
      mend: () => void emulator.faults.mend("all"),
      mailsAbout: (orderId) =>
        emulator.mailbox.list().filter(({ subject }) => subject.includes(String(orderId))),
      async sendToQueue(body) {
        await fetch(emulator.endpoints.sqs, {
          method: "POST",
          headers: { "Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": "AmazonSQS.SendMessage" },
          body: JSON.stringify({ QueueUrl: queue?.queueUrl, MessageBody: body }),
        });
      },
    });
    await runOperatorScenario(reporter, orders, operator, {
      writeHeld: (sku, held) => writeHeld(emulator, sku, held),
    });
  } finally {
    await emulator.close();
  }
  process.stdout.write(`\n${reporter.passed} checks passed, ${reporter.failed} failed\n`);
  return reporter.failed === 0 ? 0 : 1;
}

/** Writes to the table directly, bypassing the API and its conditions. */
async function writeHeld({ endpoints, model }: Emulator, sku: string, held: number): Promise<void> {
  const client = new DynamoDBClient({
    endpoint: endpoints.dynamodb,
    region: endpoints.region,
    credentials: CREDENTIALS,
  });
  await client.send(
    new UpdateItemCommand({
      TableName: model.tables.find(({ name }) => name.endsWith("-stock"))?.name,
      Key: { sku: { S: sku } },
      UpdateExpression: "SET held = :held",
      ExpressionAttributeValues: { ":held": { N: String(held) } },
    }),
  );
  client.destroy();
}

scriptFlags(HELP, noFlags);
process.exitCode = await main().catch((error: unknown) => {
  terminal.writeError(`${explain(error)}\n`);
  return 1;
});
