/** `order-events/dynamodb`: effects once, by the AWS SDK. */
export { dynamoDbEffectOnce } from "../../functions/adapters/dynamodb-effect-once.ts";
