import { describe, expectTypeOf, test } from "vitest";
import type {
  AnswerOf,
  ApiRoute,
  Operations,
  RequestArguments,
  RequestOf,
} from "../../../functions/contract/api-types.ts";
import type {
  Consumers,
  JobPreview,
  JobView,
  RedriveAnswer,
} from "../../../functions/contract/operator-answers.ts";
import type { OrderView, PlaceOrder } from "../../../functions/contract/schemas.ts";

/** The compiler checks this file. */
const call = <Route extends ApiRoute>(route: Route, ...request: RequestArguments<Route>) => [
  route,
  ...request,
];
const failedKey = "order-created~1";

describe("the types of the API's routes", () => {
  test("a request has what the route declares, and nothing else", () => {
    call("GET /consumers");
    call("GET /jobs/{jobId}", { jobId: "j1" });
    call("POST /orders/{orderId}/cancel", { orderId: "A" });
    call("POST /failed-messages/{failedKey}/redrive", { failedKey, body: { why: "mended" } });

    // @ts-expect-error: there is no such route
    call("GET /consumer");
    // @ts-expect-error: the route has another method
    call("POST /consumers");
    // @ts-expect-error: the request is missing
    call("GET /jobs/{jobId}");
    // @ts-expect-error: the parameter has another name
    call("GET /jobs/{jobId}", { job: "j1" });
    // @ts-expect-error: the parameter is missing
    call("POST /failed-messages/{failedKey}/redrive", { body: { why: "mended" } });
    // @ts-expect-error: the route takes no body
    call("POST /orders/{orderId}/cancel", { orderId: "A", body: {} });
    // @ts-expect-error: the route takes nothing
    call("GET /consumers", { query: {} });
  });

  test("a body has the fields of its schema; an optional one may be undefined", () => {
    call("POST /failed-messages/{failedKey}/redrive", {
      failedKey,
      body: { why: "mended", mail: "sent", generation: undefined },
    });

    // @ts-expect-error: the body is missing
    call("POST /failed-messages/{failedKey}/redrive", { failedKey });
    // @ts-expect-error: a required field is undefined
    call("POST /failed-messages/{failedKey}/redrive", { failedKey, body: { why: undefined } });
    // @ts-expect-error: the field has another name
    call("POST /failed-messages/{failedKey}/redrive", { failedKey, body: { why: "mended", dry: true } });
    // @ts-expect-error: the field has another type
    call("PUT /stock/{sku}", { sku: "tea", body: { onHand: "7" } });
    // @ts-expect-error: the value is none of the schema
    call("POST /jobs", { body: { act: "repeat", why: "mended" } });
  });

  test("a query has the parameters of its schema, as values or text", () => {
    call("GET /failed-messages");
    call("GET /failed-messages", { query: { status: "OPEN", limit: 5, cursor: undefined } });
    call("GET /failed-messages", { query: { limit: "5" } });

    // @ts-expect-error: the parameter has another name
    call("GET /failed-messages", { query: { state: "OPEN" } });
    // @ts-expect-error: the parameter has another type
    call("GET /failed-messages", { query: { limit: true } });
    // @ts-expect-error: the route takes no query
    call("GET /jobs", { query: { status: "RUNNING" } });
  });

  test("headers are required where they are declared", () => {
    const body: PlaceOrder = {
      customerId: "ada",
      contact: { email: "ada@example.com" },
      currency: "EUR",
      lines: [],
    };
    call("POST /orders", { headers: { "Idempotency-Key": "k" }, body });

    // @ts-expect-error: the header is missing
    call("POST /orders", { body });
    // @ts-expect-error: the header has another name
    call("POST /orders", { headers: { "Idempotency-Kye": "k" }, body });
  });

  test("a request for one of two routes must suit both", () => {
    const act: "pause" | "resume" = Math.random() > 0.5 ? "pause" : "resume";
    call(`POST /consumers/{consumer}/${act}`, { consumer: "order-created", body: { why: "counted" } });

    // @ts-expect-error: only a resume has an optional reason
    call(`POST /consumers/{consumer}/${act}`, { consumer: "order-created", body: {} });
  });

  test("an answer has the type of its schema, or of both where a route may start nothing", () => {
    expectTypeOf<AnswerOf<"GET /consumers">>().toEqualTypeOf<Consumers>();
    expectTypeOf<AnswerOf<"POST /orders">>().toEqualTypeOf<OrderView>();
    expectTypeOf<AnswerOf<"POST /failed-messages/{failedKey}/edit">>().toEqualTypeOf<RedriveAnswer>();
    expectTypeOf<AnswerOf<"POST /jobs">>().toEqualTypeOf<JobView | JobPreview>();
    expectTypeOf<AnswerOf<"GET /openapi.json">>().toBeUnknown();
  });

  test("each route that declares an answer has its type, and each parameter is text", () => {
    type Declaring = {
      [Route in ApiRoute]: Operations[Route] extends { readonly answer: string } ? Route : never;
    }[ApiRoute];
    type Unanswered = { [Route in Declaring]: unknown extends AnswerOf<Route> ? Route : never }[Declaring];

    expectTypeOf<"GET /consumers">().toExtend<Declaring>();
    expectTypeOf<Unanswered>().toBeNever();
    expectTypeOf<RequestOf<"GET /stock/{sku}">>().toExtend<{ readonly sku: string }>();
  });
});
