import type { Grant } from "../../lib/emulator/permissions/unneeded-grants.ts";

/** Grants that no call of the suite needs, and why they stay. */
export interface KeptGrant {
  /** The principals of the grants; all where absent. */
  readonly principal?: RegExp;
  readonly action: RegExp;
  readonly resource?: RegExp;
  readonly reason: string;
}

export const KEPT_GRANTS: readonly KeptGrant[] = [
  {
    principal: /^operator$/,
    action: /^(cloudformation|cloudwatch|logs|sqs):/,
    reason:
      "The console and the command line use them in an account; of an emulator they read the control endpoint.",
  },
  {
    action: /^(execute-api:Invoke|lambda:InvokeFunction)$/,
    resource: /\/failed-messages\/groups|function:order-events-local-failed-messages$/,
    reason: "Each route has its grant, and that of a route with a parameter covers them.",
  },
  {
    principal: /^(failed-messages|jobs|maintenance)$/,
    action: /^dynamodb:Query$/,
    resource: /-effects$/,
    reason: "No consumer of this service marks effects; operators and maintenance look the marks of one up.",
  },
  {
    principal: /^maintenance$/,
    action: /^(dynamodb:Scan|sqs:(GetQueueAttributes|SendMessage))$/,
    reason:
      "Maintenance continues the jobs of operators that outlast their request; one such job of the suite does, over one queue.",
  },
  {
    principal: /^publish-events$/,
    action: /^dynamodb:ListStreams$/,
    reason:
      "Lambda asks for it when it makes the mapping: https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-eventsourcemapping.html",
  },
  {
    principal: /^notify-customer$/,
    action: /^sqs:SendMessage$/,
    reason: "A mail is postponed by it while SES throttles, which the emulators of the suite do not.",
  },
];

export const isKept = ({ principal = /./, action, resource = /./ }: KeptGrant, grant: Grant): boolean =>
  principal.test(grant.principal) && action.test(grant.action) && resource.test(grant.resource);
