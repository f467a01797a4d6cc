import type { FailureGroup } from "../../functions/failures/domain/failure-groups.ts";
import type { DryRun, RedriveJobView } from "../../functions/failures/jobs/start-redrive.ts";
import type { RepublishJobView } from "../../functions/failures/jobs/start-republish.ts";
import type { DiscardAnswer as Discarded } from "../../functions/failures/operators/discard-message.ts";
import type { FailedSummary } from "../../functions/failures/operators/list-failed-messages.ts";
import type { FailedMessageView, Why } from "../../functions/failures/operators/read-failed-message.ts";
import type { RedriveAnswer as Redriven } from "../../functions/failures/operators/redrive-message.ts";
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

/** Does not compile unless the API's response has every field that the page reads. */
type Reads<Page, Response extends Page> = Response;

/** The page cannot import types of the functions: those are compiled for Node. The two are compared here. */
export type Responses = [
  Reads<Group, FailureGroup>,
  Reads<Summary, FailedSummary>,
  Reads<FailedMessage, FailedMessageView & { readonly why: Why }>,
  Reads<RedriveResponse, Redriven>,
  Reads<DiscardResponse, Discarded>,
  Reads<Job, RedriveJobView>,
  Reads<Republish, RepublishJobView>,
  Reads<BulkPreview, DryRun>,
];
