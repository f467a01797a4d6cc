import { PROBLEMS, type ProblemCode } from "../../functions/contract/errors.ts";
import { LIMITS } from "../../functions/contract/limits.ts";
import {
  CountStockSchema,
  OrderViewSchema,
  PlaceOrderSchema,
  ProblemSchema,
  StockViewSchema,
} from "../../functions/contract/schemas.ts";
import { BODY, inPath, type Operation } from "./operation.ts";
import { OPERATOR_OPERATIONS, OPERATOR_SCHEMAS } from "./operator-operations.ts";

const SCHEMAS = {
  PlaceOrder: PlaceOrderSchema,
  Order: OrderViewSchema,
  CountStock: CountStockSchema,
  Stock: StockViewSchema,
  Problem: ProblemSchema,
  ...OPERATOR_SCHEMAS,
};

/** Problems of every operation. */
const ANYWHERE: readonly ProblemCode[] = ["FORBIDDEN", "THROTTLED", "INTERNAL", "UNAVAILABLE", "TIMEOUT"];
const OPERATIONS: Readonly<Record<string, Readonly<Record<string, Operation>>>> = {
  "/orders": {
    post: {
      operationId: "placeOrder",
      summary: "Place an order. A request with the same key returns the same order with its current status.",
      parameters: [
        {
          name: "Idempotency-Key",
          in: "header",
          required: true,
          description: "Unique for each order. The order id is derived from it and the customer.",
          schema: { type: "string", minLength: 1, maxLength: LIMITS.idempotencyKeyLength },
        },
      ],
      body: "PlaceOrder",
      status: 202,
      answer: "Order",
      problems: [
        ...BODY,
        "IDEMPOTENCY_KEY_MISSING",
        "IDEMPOTENCY_KEY_INVALID",
        "IDEMPOTENCY_KEY_REUSED",
        "TOO_MANY_LINES",
        "PRICE_CONTRADICTION",
        "BUSY",
      ],
    },
  },
  "/orders/{orderId}": {
    get: {
      operationId: "readOrder",
      summary: "Read an order.",
      parameters: [inPath("orderId")],
      status: 200,
      answer: "Order",
      problems: ["ORDER_NOT_FOUND"],
    },
  },
  "/orders/{orderId}/cancel": {
    post: {
      operationId: "cancelOrder",
      summary: "Cancel an order. Idempotent.",
      parameters: [inPath("orderId")],
      status: 200,
      answer: "Order",
      problems: ["ORDER_NOT_FOUND", "ORDER_NOT_CANCELLABLE"],
    },
  },
  "/stock/{sku}": {
    get: {
      operationId: "readStock",
      summary: "Read the stock of a SKU.",
      parameters: [inPath("sku")],
      status: 200,
      answer: "Stock",
      problems: ["SKU_NOT_FOUND"],
    },
    put: {
      operationId: "countStock",
      summary: "Set the counted units of a SKU. Units held for orders stay held.",
      parameters: [inPath("sku")],
      body: "CountStock",
      status: 200,
      answer: "Stock",
      problems: [...BODY, "STOCK_BELOW_HELD"],
    },
  },
  ...OPERATOR_OPERATIONS,
};

/** The API as an OpenAPI 3.1 document. */
export function openapi(): object {
  return {
    openapi: "3.1.0",
    info: { title: "order-events", version: "1.0.0", description: "Orders that are processed by events." },
    security: [{ sigv4: [] }],
    paths: Object.fromEntries(
      Object.entries(OPERATIONS).map(([path, operations]) => [
        path,
        Object.fromEntries(Object.entries(operations).map(([method, each]) => [method, operation(each)])),
      ]),
    ),
    components: {
      schemas: SCHEMAS,
      securitySchemes: {
        sigv4: {
          type: "apiKey",
          name: "Authorization",
          in: "header",
          description: "AWS Signature Version 4, service execute-api. Not required by the local emulator.",
        },
      },
    },
  };
}

function operation({ operationId, summary, parameters, body, status, answer, problems }: Operation): object {
  const schema = answer === "object" ? { type: "object" } : ref(answer);
  return {
    operationId,
    summary,
    ...(parameters === undefined ? {} : { parameters }),
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: { "application/json": { schema: ref(body) } } } }),
    responses: {
      [status]: { description: "Done", content: { "application/json": { schema } } },
      ...problemResponses([...problems, ...ANYWHERE]),
    },
  };
}

/** One response for each status, naming the codes that come with it. */
function problemResponses(codes: readonly ProblemCode[]): Record<string, object> {
  const byStatus = Map.groupBy(codes, (code) => PROBLEMS[code].status);
  return Object.fromEntries(
    [...byStatus]
      .sort(([a], [b]) => a - b)
      .map(([status, each]) => [
        String(status),
        {
          description: each.map((code) => `${code}: ${PROBLEMS[code].title}`).join("; "),
          content: { "application/problem+json": { schema: ref("Problem") } },
        },
      ]),
  );
}

function ref(name: string): { $ref: string } {
  return { $ref: `#/components/schemas/${name}` };
}
