import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { SESv2Client, SendEmailCommand, type SendEmailCommandInput } from "@aws-sdk/client-sesv2";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CREDENTIALS } from "../../../lib/emulator/credentials.ts";
import { provisionTables } from "../../../lib/emulator/provision/create-tables.ts";
import { startDynamoDb } from "../../../lib/emulator/services/dynamodb.ts";
import { openMailbox } from "../../../lib/emulator/services/mailbox.ts";
import { startMail } from "../../../lib/emulator/services/ses-endpoint.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

const REGION = "eu-central-1";

let directory: string;
let closers: (() => unknown)[];
beforeEach(async () => {
  directory = temporaryFolder();
  closers = [];
});
afterEach(async () => {
  for (const close of closers.toReversed()) await close();
});

describe("mail", () => {
  const TOPIC = "arn:aws:sns:eu-central-1:000000000000:feedback";
  const open = async (fails = () => false) => {
    const file = join(directory, "mailbox.jsonl");
    const mailbox = openMailbox(file);
    const published: { topicArn: string; event: Record<string, unknown> }[] = [];
    const service = await startMail({
      mailbox,
      clock: { now: () => 7 },
      fails,
      region: REGION,
      configurationSets: [
        { name: "feedback", destinations: [{ topicArn: TOPIC, types: ["bounce", "complaint", "reject"] }] },
        { name: "all", destinations: [{ topicArn: TOPIC, types: ["send", "delivery"] }] },
      ],
      async publish(topicArn, body) {
        published.push({ topicArn, event: JSON.parse(body) });
      },
    });
    const ses = new SESv2Client({
      endpoint: service.endpoint,
      region: REGION,
      credentials: CREDENTIALS,
      maxAttempts: 1,
    });
    closers.push(service.close, () => ses.destroy());
    const send = (to: string, more: Partial<SendEmailCommandInput> = {}) =>
      ses.send(
        new SendEmailCommand({
          ...more,
          FromEmailAddress: "orders@example.com",
          Destination: { ToAddresses: [to] },
          Content: { Simple: { Subject: { Data: "Hello" }, Body: { Text: { Data: "Text" } } } },
        }),
      );
    return { file, mailbox, send, published };
  };
  const FEEDBACK = {
    ConfigurationSetName: "feedback",
    EmailTags: [{ Name: "event", Value: "o_2_order-confirmed" }],
  };

  it("is accepted, stored in a file, and listed after a restart", async () => {
    const { file, send } = await open();

    const { MessageId } = await send("ada@example.com");

    expect(openMailbox(file).list()).toEqual([
      {
        id: MessageId,
        at: 7,
        from: "orders@example.com",
        to: ["ada@example.com"],
        subject: "Hello",
        text: "Text",
        outcome: "delivered",
      },
    ]);
  });

  // https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-examples.html
  it.each([
    ["bounce", "Bounce", { bounce: { bounceType: "Permanent", bounceSubType: "General" } }],
    ["suppressionlist", "Bounce", { bounce: { bounceType: "Permanent", bounceSubType: "Suppressed" } }],
    ["complaint+a-label", "Complaint", { complaint: { complaintFeedbackType: "abuse" } }],
  ])(
    "H6: to %s@simulator.amazonses.com is accepted, and its event published",
    async (local, eventType, details) => {
      const { mailbox, send, published } = await open();
      const to = `${local}@simulator.amazonses.com`;

      const { MessageId } = await send(to, FEEDBACK);

      expect(mailbox.list()).toMatchObject([{ to: [to] }]);
      expect(published).toMatchObject([
        {
          topicArn: TOPIC,
          event: {
            eventType,
            ...details,
            mail: {
              messageId: MessageId,
              source: "orders@example.com",
              destination: [to],
              timestamp: "1970-01-01T00:00:00.007Z",
              tags: { "ses:configuration-set": ["feedback"], event: ["o_2_order-confirmed"] },
            },
          },
        },
      ]);
      expect(JSON.stringify(published[0]?.event[eventType.toLowerCase()])).toContain(
        `"emailAddress":"${to}"`,
      );
    },
  );

  it.each(["success@simulator.amazonses.com", "ooto@simulator.amazonses.com", "bounce@example.com"])(
    "H6: to %s is delivered",
    async (to) => {
      const { send, published } = await open();

      await send(to, FEEDBACK);
      expect(published).toEqual([]);
      await send(to, { ConfigurationSetName: "all" });

      expect(published.map(({ event }) => event["eventType"])).toEqual(["Send", "Delivery"]);
    },
  );

  it("H6: to a simulated address without a configuration set has no event", async () => {
    const { send, published } = await open();

    await send("bounce@simulator.amazonses.com");

    expect(published).toEqual([]);
  });

  it("is refused with a configuration set that does not exist", async () => {
    const { mailbox, send } = await open();

    await expect(send("ada@example.com", { ConfigurationSetName: "other" })).rejects.toMatchObject({
      name: "NotFoundException",
      message: "Configuration set <other> does not exist.",
    });
    expect(mailbox.list()).toEqual([]);
  });

  it("H3: is refused permanently for a refused address", async () => {
    const { mailbox, send } = await open();

    await expect(send("bob@refused.example")).rejects.toMatchObject({ name: "MessageRejected" });
    expect(mailbox.list()).toEqual([]);
  });

  it("H2: fails with a server error while it is broken", async () => {
    const { mailbox, send } = await open(() => true);

    await expect(send("ada@example.com")).rejects.toMatchObject({ $metadata: { httpStatusCode: 500 } });
    expect(mailbox.list()).toEqual([]);
  });

  it("skips a line truncated by a kill", async () => {
    const { file, send } = await open();
    await send("ada@example.com");
    await writeFile(file, `${await readFile(file, "utf8")}{"id":"half`);

    expect(openMailbox(file).list()).toHaveLength(1);
  });

  it("K12: is not lost after a truncated line", async () => {
    const { file } = await open();
    const mail = (id: string) => ({ id, at: 1, from: "a", to: ["b"], subject: "s", text: "t" });
    await writeFile(file, '{"id":"half');

    openMailbox(file).add(mail("first"));
    openMailbox(file).add(mail("second"));

    expect(
      openMailbox(file)
        .list()
        .map(({ id }) => id),
    ).toEqual(["first", "second"]);
  });

  it("K12: fails with a server error while it cannot be stored, so that it is sent again", async () => {
    const { file, mailbox, send } = await open();
    await rm(file, { force: true });
    await mkdir(file);

    await expect(send("ada@example.com")).rejects.toMatchObject({ $metadata: { httpStatusCode: 500 } });
    await rm(file, { recursive: true });
    await send("ada@example.com");

    expect(mailbox.list()).toHaveLength(1);
    expect(openMailbox(file).list()).toHaveLength(1);
  });
});

describe("DynamoDB", () => {
  const TABLE = {
    name: "orders",
    createInput: {
      TableName: "orders",
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: [{ AttributeName: "orderId", KeyType: "HASH" }],
      AttributeDefinitions: [{ AttributeName: "orderId", AttributeType: "S" }],
      StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
    },
    ttlAttribute: "expiresAt",
  };

  it("creates tables once and returns the streams, also after a restart", async () => {
    const first = await startDynamoDb({ dataDir: directory });
    closers.push(first.close);
    const made = await provisionTables(first.endpoint, REGION, [TABLE]);
    await first.close();

    const second = await startDynamoDb({ dataDir: directory });
    closers.push(second.close);
    const found = await provisionTables(second.endpoint, REGION, [TABLE]);

    expect(made.get("orders")).toMatch(/table\/orders\/stream\//);
    expect(found).toEqual(made);
  });

  it.skipIf(process.platform !== "linux")("K11: has an address that a web page cannot guess", async () => {
    const addresses = await Promise.all(
      [1, 2].map(async () => {
        const service = await startDynamoDb({});
        closers.push(service.close);
        expect(service.exposure).toBeUndefined();
        return new URL(service.endpoint).hostname;
      }),
    );

    for (const address of addresses) expect(address).toMatch(/^127\.(?!0\.0\.1$)/);
    expect(new Set(addresses).size).toBe(2);
  });

  it("does not report a requested end", async () => {
    const service = await startDynamoDb({});
    closers.push(service.close);

    await service.close();

    expect(await Promise.race([service.died, Promise.resolve("alive to the end")])).toBe("alive to the end");
  });

  it("C8: ends with its parent process, also by kill -9", async () => {
    const script = `
      const { startDynamoDb } = await import("${join(process.cwd(), "lib/emulator/services/dynamodb.ts")}");
      console.log((await startDynamoDb({})).endpoint);
      setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ["--input-type=module", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    closers.push(() => parent.kill("SIGKILL"));
    const [line] = await once(parent.stdout, "data");
    const { hostname, port } = new URL(String(line).trim());
    const socket = connect(Number(port), hostname);
    await once(socket, "connect");
    // A reset is an end as well.
    const cut = new Promise((resolve) => socket.once("error", () => {}).once("close", resolve));

    parent.kill("SIGKILL");

    await cut;
    expect(socket.destroyed).toBe(true);
  });
});
