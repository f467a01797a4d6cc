import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { rabbitConnection } from "../../functions/adapters/rabbitmq-connection.ts";
import { rabbitExchange } from "../../functions/adapters/rabbitmq-exchange.ts";
import { rabbitPublisher } from "../../functions/adapters/rabbitmq-publisher.ts";
import { rabbitSecret } from "../../functions/adapters/rabbitmq-secret.ts";
import { RABBITMQ } from "../../functions/contract/broker-names.ts";
import { systemClock } from "../../functions/middleware/clock.ts";
import { type RabbitServer, startRabbit } from "../../lib/emulator/rabbitmq/broker/start-rabbitmq.ts";
import { freePort } from "../../lib/emulator/services/free-port.ts";
import { created, order } from "../fixtures/events.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { call, NOT_OURS, newVhost, skipIf, type TestVhost } from "./broker.ts";

const event = created(order("1"));
let folder: string;
let tlsPort: number;
let server: RabbitServer;
let vhost: TestVhost;
const closing: (() => unknown)[] = [];

beforeAll(async () => {
  folder = temporaryFolder();
  const [key, certificate] = [join(folder, "key.pem"), join(folder, "certificate.pem")];
  const request = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=127.0.0.1"];
  await promisify(execFile)("openssl", [...request, "-keyout", key, "-out", certificate]);
  tlsPort = await freePort();
  server = await startRabbit({
    settings: [
      `listeners.ssl.local = 127.0.0.1:${tlsPort}`,
      `ssl_options.certfile = ${certificate}`,
      `ssl_options.keyfile = ${key}`,
    ],
  });
  vhost = await newVhost(server);
}, 180_000);
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const close of closing.splice(0)) await close();
});
afterAll(async () => {
  await vhost?.close();
  await server?.close();
});

/** Publishes an event; the text of its refusal, or `published`. */
async function publish(url: string, secret?: Parameters<typeof rabbitConnection>[1], withinMs = 10_000) {
  const publisher = rabbitPublisher(rabbitConnection(url, secret), systemClock);
  closing.push(() => publisher.close());
  const exchange = rabbitExchange(publisher, RABBITMQ.exchange, systemClock);
  const [answer] = await exchange.publish([{ event }], Date.now() + withinMs);
  return answer?.kind === "refused" ? String((answer.error as Error).message) : answer?.kind;
}

test("R12: names TLS where the certificate of the broker is self-signed", async (context) => {
  skipIf(!server.isOurs, NOT_OURS, context);
  const url = new URL(vhost.url.replace("amqp:", "amqps:"));
  url.port = String(tlsPort);

  const text = await publish(url.href);

  expect(text).toMatch(
    new RegExp(`^TLS_REFUSED: 127\\.0\\.0\\.1:${tlsPort} .*SELF_SIGNED_CERT.*certificate`),
  );
});

test("R12: names the broker that takes no messages because its memory is used up; then it takes them", async (context) => {
  skipIf(!server.isOurs, NOT_OURS, context);
  await server.control("set_vm_memory_high_watermark", "0.00001");

  const refused = await publish(vhost.url, undefined, 4_000);
  await server.control("set_vm_memory_high_watermark", "0.4");
  const accepted = await publish(vhost.url);

  expect(refused).toMatch(/^BLOCKED: The broker at 127\.0\.0\.1 takes no messages \(.*memory.*\)/);
  expect(accepted).toBe("published");
  expect((await vhost.drain("order.queue")).length).toBeGreaterThanOrEqual(1);
});

test("R12: names the vhost where the user has no permission in it", async () => {
  await call(server, "PUT", "users/stranger", { password: "stranger", tags: "" });
  closing.push(() => call(server, "DELETE", "users/stranger"));
  const url = new URL(vhost.url);
  [url.username, url.password] = ["stranger", "stranger"];

  expect(await publish(url.href)).toMatch(/^VHOST_REFUSED: The vhost test .* is not open to this user/);
});

test.each([
  ["is denied", 400, { __type: "AccessDeniedException" }, /AccessDeniedException/],
  ["does not exist", 400, { __type: "ResourceNotFoundException" }, /ResourceNotFoundException/],
  ["is not JSON with a login", 200, { SecretString: "pass-1" }, /SECRET_UNREADABLE/],
])("R12: names the secret that %s, without its text", async (_, status, body, expected) => {
  const secrets = createServer((__, response) => {
    response.writeHead(status, { "content-type": "application/x-amz-json-1.1" }).end(JSON.stringify(body));
  }).listen(0, "127.0.0.1");
  await once(secrets, "listening");
  closing.push(() => secrets.close());
  const { port } = secrets.address() as { port: number };
  vi.stubEnv("AWS_ENDPOINT_URL_SECRETS_MANAGER", `http://127.0.0.1:${port}`);
  vi.stubEnv("AWS_REGION", "eu-central-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "none");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "none");
  const url = new URL(vhost.url);
  [url.username, url.password] = ["", ""];

  const text = await publish(url.href, rabbitSecret("arn:aws:secretsmanager:eu-central-1:1:secret:s"));

  expect(text).toMatch(/^SECRET_UNREADABLE: .*Check RABBITMQ_SECRET/);
  expect(text).toMatch(expected);
  expect(text).not.toContain("pass-1");
});
