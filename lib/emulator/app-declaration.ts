import type { EventTopic } from "../operator/events/copy-as.ts";
import type { EventRequest, MetricSeries, SentEvent, Timeline } from "../operator/observe/view-types.ts";
import type { EmulatorModel } from "./assembly/model.ts";
import type { MetricStore, Steps } from "./metrics/metric-store.ts";
import type { RecentLogs } from "./recent-logs.ts";
import type { MapPlaces } from "./runtime/source-maps.ts";
import type { AwsEndpoints } from "./types.ts";

/** The additions of an app to the emulator. An app needs nothing but a name. */
export interface AppDeclaration {
  /** The name of the app in the banner and on the command line. */
  readonly name: string;
  /** Names of further metrics whose percentiles are kept. */
  readonly distributions?: ReadonlySet<string>;
  /** Called once, before the functions start. */
  readonly observe?: (parts: {
    readonly model: EmulatorModel;
    readonly metrics: MetricStore;
    readonly logs: RecentLogs;
  }) => AppViews;
  /** Sends messages that cannot be processed; undefined where the assembly has no queue for them. */
  readonly badMessages?: (
    model: EmulatorModel,
    endpoints: AwsEndpoints,
  ) => ((now: number) => Promise<readonly object[]>) | undefined;
  /** Sends events; undefined where the assembly has no topic for them. */
  readonly events?: (model: EmulatorModel, endpoints: AwsEndpoints) => EventSender | undefined;
  /** The consumers in the console, which then shows orders and failed messages as well. */
  readonly consumersOf?: (model: EmulatorModel) => readonly string[];
  /** The build of a function, with its source maps in a folder of their own. */
  readonly buildOf?: MapPlaces["build"];
  /** Commands for the banner, each below a comment. */
  readonly commands?: (url: string) => string;
}

export interface EventSender {
  readonly topic: EventTopic;
  /** Rejects with EventError where the event or the consumer is not valid. */
  send(request: EventRequest): Promise<SentEvent>;
}

/** Views of the console that only this app has. */
export interface AppViews {
  /** Plotted in place of the functions' invocations. */
  series(steps: Steps): readonly MetricSeries[];
  timeline(orderId: string): Timeline;
}
