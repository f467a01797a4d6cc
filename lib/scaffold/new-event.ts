import { EVENT_TYPES, STATUSES, type Status } from "../../functions/contract/order-status.ts";
import { addProperty } from "./edit-source.ts";
import { knownOf } from "./new-names.ts";
import { imports, type Plan, planOf, ScaffoldError } from "./plan.ts";

export interface NewEvent {
  /** `order.` and a word. */
  readonly type: string;
  /** Statuses from which a route moves an order to the new one. */
  readonly from: readonly string[];
  readonly mayBeCancelled: boolean;
  /** The end of the mail's headline "Your order … "; absent: no mail. */
  readonly mail?: string;
}

/** The same pattern as in event ids. */
const TYPE = /^order\.([a-z]+)$/;

/** A status with its event: one row of the table of statuses, and a test. */
export function planEvent({ type, from, mayBeCancelled, mail }: NewEvent): Plan {
  const word = newEventWord(type);
  const status = word.toUpperCase();
  const sources = from.map(sourceStatus);
  if (mail !== undefined) refuseMail(mail);
  const test = `test/component/order-${word}.test.ts`;
  return planOf(
    { [test]: testOf({ type, status, mayBeCancelled, ...(mail !== undefined && { mail }) }) },
    {
      "functions/contract/order-status.ts": [
        addProperty(
          "TABLE",
          `${status}: { ${[
            `event: ${JSON.stringify(type)}`,
            `mayBeCancelled: ${mayBeCancelled}`,
            ...(sources.length === 0 ? [] : [`from: ${JSON.stringify(sources)}`]),
            'creation: "done"',
            ...(mail === undefined ? [] : [`mail: ${JSON.stringify(mail)}`]),
          ].join(", ")} }`,
        ),
      ],
    },
    [
      ["npm run generate", "validators, OpenAPI and AsyncAPI with the new type"],
      [`npx vitest run --project component ${test}`, "its test"],
      ...(sources.length === 0
        ? []
        : [
            [
              `npm run new -- route <function> --method POST --path "/orders/{orderId}/<verb>" --to ${status}`,
              "a route that sets the status",
            ] as const,
          ]),
    ],
  );
}

/** `shipped` of `order.shipped`, which is not taken. */
export function newEventWord(type: string): string {
  const word = TYPE.exec(type)?.[1];
  if (word === undefined)
    throw new ScaffoldError(
      `An event type is order. and a word in lower case, as in order.shipped; received "${type}".`,
    );
  const status = word.toUpperCase();
  if (EVENT_TYPES.some((known) => known === type) || STATUSES.some((known) => known === status))
    throw new ScaffoldError(`There is an event ${type} or a status ${status} already. Choose another name.`);
  return word;
}

export const sourceStatus = (status: string): Status => knownOf("--from", status, STATUSES);

export function refuseMail(mail: string): void {
  if (/^[\x20-\x7e]{1,100}$/.test(mail)) return;
  throw new ScaffoldError('--mail is 1 to 100 printable ASCII characters: the end of "Your order <id> …".');
}

function testOf({
  type,
  status,
  mayBeCancelled,
  mail,
}: Omit<NewEvent, "from"> & { readonly status: string }): string {
  const mailed = mail !== undefined;
  return `${imports(
    ["vitest", ["beforeEach", "describe", "expect", "test"]],
    ["../../functions/orders/domain/order.ts", ["eventOf"]],
    ["../fakes/test-consumer.ts", ["reported"]],
    ["../fixtures/events.ts", ["created", "order"]],
    ["../fixtures/lambda-events.ts", ["sqsEvent", "sqsRecord"]],
    ["./api.ts", ["cancel"]],
    ["./rig.ts", ["invoke", "newRig", "type Rig"]],
    ["./rig-rows.ts", ["outcomes", "put"]],
  )}

let rig: Rig;
beforeEach(() => {
  rig = newRig();
});

describe("${type}", () => {
  const inStatus = () => order("1", { status: "${status}", version: 3, stockHeld: true });

  test("is the event of the transition to ${status}", () => {
    const row = inStatus();

    expect(eventOf(row)).toMatchObject({ id: \`\${row.orderId}:3:${type}\`, type: "${type}" });
  });

  test("${mailed ? "is mailed once, however often it comes" : "is not mailed"}", async () => {
    const row = put(inStatus());

    for (const messageId of ["m1", "m2"])
      expect(await invoke("notify-customer", sqsEvent(sqsRecord(eventOf(row), { messageId })))).toEqual(reported());

${
  mailed
    ? `    expect(rig.mailer.outbox.map(({ subject }) => subject)).toEqual([
      \`Your order \${row.orderId} ${mail.replaceAll(/[`\\$]/g, "\\$&")}\`,
    ]);`
    : '    expect(rig.mailer.outbox).toEqual([]);\n    expect(outcomes()).toEqual(["ignored", "ignored"]);'
}
  });

  test("a late order.created changes nothing", async () => {
    const row = put(inStatus());

    await invoke("order-created", sqsEvent(sqsRecord(created(row))));

    expect(outcomes()).toEqual(["duplicate"]);
    expect(rig.tables.rows.orders.get(row.orderId)).toEqual(row);
  });

  test("${mayBeCancelled ? "the order can be cancelled" : "the order cannot be cancelled"}", async () => {
    const { orderId } = put(inStatus());

    expect(await cancel(orderId)).toMatchObject(
      ${mayBeCancelled ? '{ status: 200, body: { status: "CANCELLED" } }' : '{ status: 409, body: { code: "ORDER_STATUS" } }'},
    );
  });
});
`;
}
