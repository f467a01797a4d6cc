import type { EmulatorModel } from "../assembly/model.ts";
import { CREDENTIALS } from "../credentials.ts";
import { awsJsonClient } from "./aws-json.ts";

export interface SendOptions {
  /** Text attributes of the message. */
  readonly attributes?: Readonly<Record<string, string>>;
  /** For FIFO queues and topics. */
  readonly groupId?: string;
}

/** Sends a text to a queue or a topic of the app, as Lambda and EventBridge do. */
export interface Targets {
  /** Rejects for an ARN that is neither, and when the service does not accept the message. */
  send(arn: string, body: string, options?: SendOptions): Promise<void>;
  close(): void;
}

export function openTargets(options: {
  readonly model: Pick<EmulatorModel, "queues">;
  readonly sqsEndpoint: string;
  readonly snsEndpoint: string;
  readonly region: string;
}): Targets {
  const { model, region } = options;
  const sqs = awsJsonClient(options.sqsEndpoint, "AmazonSQS", region);
  return {
    async send(arn, body, { attributes = {}, groupId } = {}) {
      const MessageAttributes = Object.fromEntries(
        Object.entries(attributes).map(([name, text]) => [name, { DataType: "String", StringValue: text }]),
      );
      const group = groupId === undefined ? {} : { MessageGroupId: groupId };
      if (arn.startsWith("arn:aws:sns:")) {
        // Loaded here: few apps send to a topic from a schedule or a destination.
        const { PublishCommand, SNSClient } = await import("@aws-sdk/client-sns");
        const sns = new SNSClient({ endpoint: options.snsEndpoint, region, credentials: CREDENTIALS });
        await sns.send(new PublishCommand({ TopicArn: arn, Message: body, MessageAttributes, ...group }));
        sns.destroy();
        return;
      }
      const queue = model.queues.find((each) => each.arn === arn);
      if (queue === undefined) throw new Error(`${arn} is no queue and no topic of the app`);
      await sqs.call("SendMessage", {
        QueueUrl: queue.url,
        MessageBody: body,
        MessageAttributes,
        ...group,
      });
    },
    close: sqs.close,
  };
}
