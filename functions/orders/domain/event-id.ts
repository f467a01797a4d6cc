/** The order of an event id (`<orderId>:<version>:<type>`), or `undefined` where it is not one. */
export function orderIdOfEvent(eventId: string | undefined): string | undefined {
  return /^([0-9A-HJKMNP-TV-Z]{26}):\d+:order\.[a-z]+$/.exec(eventId ?? "")?.[1];
}

/** Whether a text can be an order's id at all. DynamoDB refuses to look up an empty or very long key. */
export function isOrderId(text: string): boolean {
  return /^[0-9A-HJKMNP-TV-Z]{26}$/.test(text);
}
