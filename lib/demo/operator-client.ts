import type { AnswerOf } from "../../functions/contract/api-types.ts";
import type {
  DiscardAnswer,
  FailedMessageView,
  FailureGroup,
} from "../../functions/contract/operator-answers.ts";
import { call } from "../operator/target/api-client.ts";

/** The operator's requests about failed messages. Each rejects with RequestError where it is refused. */
export interface OperatorClient {
  groups(): Promise<readonly FailureGroup[]>;
  /** Messages with status OPEN. */
  open(): Promise<AnswerOf<"GET /failed-messages">["items"]>;
  show(failedKey: string): Promise<FailedMessageView>;
  redriveGroup(fingerprint: string, dryRun: boolean): Promise<AnswerOf<"POST /jobs">>;
  discard(failedKey: string, why: string): Promise<DiscardAnswer>;
}

export function operatorClient(url: string): OperatorClient {
  const target = { url };
  return {
    groups: async () => (await call(target, "GET /failed-messages/groups")).groups,
    open: async () => (await call(target, "GET /failed-messages")).items,
    show: (failedKey) => call(target, "GET /failed-messages/{failedKey}", { failedKey }),
    redriveGroup: (fingerprint, dryRun) =>
      call(target, "POST /jobs", {
        body: { act: "redrive", filter: { fingerprint }, why: "stock row corrected", dryRun },
      }),
    discard: (failedKey, why) =>
      call(target, "POST /failed-messages/{failedKey}/discard", { failedKey, body: { why } }),
  };
}
