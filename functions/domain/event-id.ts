/** The order of an event id (`<orderId>:<version>:<type>`), or `undefined` where it is not one. */
export function orderIdOfEvent(eventId: string | undefined): string | undefined {
  return /^([0-9A-HJKMNP-TV-Z]{26}):\d+:order\.[a-z]+$/.exec(eventId ?? "")?.[1];
}
