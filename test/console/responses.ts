import type { DiscardAnswer as Discarded } from "../../functions/failures/discard-message.ts";
import type { FailureGroup } from "../../functions/failures/domain/failure-groups.ts";
import type { FailedSummary } from "../../functions/failures/list-failed-messages.ts";
import type { FailedMessageView, Why } from "../../functions/failures/read-failed-message.ts";
import type { RedriveAnswer as Redriven } from "../../functions/failures/redrive-message.ts";
import type { DryRun, RedriveJobView } from "../../functions/failures/start-redrive.ts";
import type { RepublishJobView } from "../../functions/failures/start-republish.ts";
import type {
  BulkPreview,
  DiscardResponse,
  FailedMessage,
  Group,
  Job,
  RedriveResponse,
  Republish,
  Summary,
} from "../../lib/operator/console/web/failed/failed-api.ts";

/** Does not compile unless the page reads of an answer only what the API puts there. */
type Reads<Page, Answer extends Page> = Answer;

/** The page may not import from what runs, not even types: that is compiled for Node. So the compiler compares here. */
export type Answers = [
  Reads<Group, FailureGroup>,
  Reads<Summary, FailedSummary>,
  Reads<FailedMessage, FailedMessageView & { readonly why: Why }>,
  Reads<RedriveResponse, Redriven>,
  Reads<DiscardResponse, Discarded>,
  Reads<Job, RedriveJobView>,
  Reads<Republish, RepublishJobView>,
  Reads<BulkPreview, DryRun>,
];
