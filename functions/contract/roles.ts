/** The kinds of callers of the API. Each has its own policy. */
export const ROLES = ["client", "reader", "operator", "administrator"] as const;
export type Role = (typeof ROLES)[number];

/** The roles that may call a route, by the audience that it declares. */
export const AUDIENCES = {
  /** Reads orders and stock. */
  anyone: ROLES,
  /** Acts on an order, as its customer asks. */
  client: ["client", "operator", "administrator"],
  /** Reads for operation, without bodies of messages and personal data of customers. */
  reader: ["reader", "operator", "administrator"],
  /** Acts on one message, or reads its body. */
  operator: ["operator", "administrator"],
  /** Acts on many messages or orders at once, on a consumer, or on stock. */
  administrator: ["administrator"],
} as const satisfies Readonly<Record<string, readonly Role[]>>;
export type Audience = keyof typeof AUDIENCES;

/** The role with the fewest permissions that may call the routes of an audience. */
export const leastRole = (audience: Audience): Role => AUDIENCES[audience][0];

export const mayCall = (role: Role, audience: Audience): boolean =>
  (AUDIENCES[audience] as readonly Role[]).includes(role);
