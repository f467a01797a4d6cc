import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { operatorDesk } from "../lib/demo/operator-desk.ts";
import { tellSecondAct } from "../lib/demo/operator-scenario.ts";
import { tell } from "../lib/demo/order-scenario.ts";
import { reporter } from "../lib/demo/scenario-reporter.ts";
import { shop } from "../lib/demo/shop.ts";
import { CREDENTIALS } from "../lib/emulator/credentials.ts";
import { explain } from "../lib/emulator/output/explain-error.ts";
import { type Emulator, startEmulator } from "../lib/emulator/start-emulator.ts";
import { synthesize } from "../lib/emulator/synth.ts";
import { noFlags, scriptFlags } from "../lib/script-flags.ts";

const HELP = `npm run demo: an order's whole story, good and bad, told on an emulator of its own, which ends with it

  --help  this text

The exit code is 0 when every check on the way held, 1 when one did not, 3 when a flag is wrong.
`;

/** `npm run demo`: the whole story on an emulator of its own; the exit code is its verdict. */
const root = dirname(dirname(fileURLToPath(import.meta.url)));

async function main(): Promise<number> {
  process.stdout.write("Reading the stacks and starting them on this machine …\n");
  const emulator = await startEmulator({ port: 0, assembly: async () => (await synthesize(root)).directory });
  process.stdout.write(`Ready in ${(performance.now() / 1_000).toFixed(1)} s at ${emulator.url}\n`);
  const queue = emulator.model.sqsMappings.find(({ functionName }) => functionName === "order-created");
  const told = reporter((text) => process.stdout.write(text), Date.now);
  try {
    await tell(told, shop(emulator.url), {
      breakFunction: (name) => void emulator.faults.break(name),
      mend: () => void emulator.faults.mend("all"),
      mailsAbout: (orderId) =>
        emulator.mailbox.list().filter(({ subject }) => subject.includes(String(orderId))),
      async smuggle(body) {
        await fetch(emulator.endpoints.sqs, {
          method: "POST",
          headers: { "Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": "AmazonSQS.SendMessage" },
          body: JSON.stringify({ QueueUrl: queue?.queueUrl, MessageBody: body }),
        });
      },
    });
    await tellSecondAct(told, shop(emulator.url), operatorDesk(emulator.url), {
      writeHeld: (sku, held) => writeHeld(emulator, sku, held),
    });
  } finally {
    await emulator.close();
  }
  process.stdout.write(`\n${told.passed} passed, ${told.failed} failed\n`);
  return told.failed === 0 ? 0 : 1;
}

/** Past the API and all its conditions, as somebody with the table's console would. */
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
  process.stderr.write(`${explain(error)}\n`);
  return 1;
});
