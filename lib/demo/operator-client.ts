import type { AnswerOf } from "../../functions/contract/api-types.ts";
import type {
  DiscardAnswer,
  FailedMessageView,
  FailureGroup,
} from "../../functions/contract/operator-answers.ts";
import { type ApiAnswer, call, exchange } from "../operator/target/api-client.ts";

/** The operator's requests about failed messages. Those without a status reject with RequestError where refused. */
export interface OperatorClient {
  groups(): Promise<readonly FailureGroup[]>;
  /** Messages with status OPEN. */
  open(): Promise<AnswerOf<"GET /failed-messages">["items"]>;
  show(failedKey: string): Promise<FailedMessageView>;
  /** As `show`, but resolves also where it is refused, such as for a message that is not parked. */
  find(failedKey: string): Promise<ApiAnswer<FailedMessageView>>;
  redriveGroup(fingerprint: string, why: string, dryRun?: boolean): Promise<AnswerOf<"POST /jobs">>;
  discard(failedKey: string, why: string): Promise<DiscardAnswer>;
}

export function operatorClient(url: string): OperatorClient {
  const target = { url };
  return {
    groups: async () => (await call(target, "GET /failed-messages/groups")).groups,
    open: async () => (await call(target, "GET /failed-messages")).items,
    show: (failedKey) => call(target, "GET /failed-messages/{failedKey}", { failedKey }),
    find: (failedKey) => exchange(target, "GET /failed-messages/{failedKey}", { failedKey }),
    redriveGroup: (fingerprint, why, dryRun = false) =>
      call(target, "POST /jobs", { body: { act: "redrive", filter: { fingerprint }, why, dryRun } }),
    discard: (failedKey, why) =>
      call(target, "POST /failed-messages/{failedKey}/discard", { failedKey, body: { why } }),
  };
}
