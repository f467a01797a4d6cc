import type { ENGINE_PROBLEMS, ENGINE_REASONS } from "./engine-names.ts";

/**
 * The codes of a service, declared once by merging. Without them every text is accepted.
 *
 *     declare module "order-events/middleware" {
 *       interface Register { reason: "CARD_UNKNOWN"; problem: "PAYMENT_NOT_FOUND" }
 *     }
 */
// biome-ignore lint/suspicious/noEmptyInterface: a service merges its codes into it
export interface Register {}

type Registered<Kind extends string> =
  Register extends Readonly<Record<Kind, infer Codes extends string>> ? Codes : string;

/** Why a message failed: a code of the service, or of the engine. */
export type Reason = Registered<"reason"> | keyof typeof ENGINE_REASONS;
/** A code of an HTTP problem. */
export type ProblemCode = Registered<"problem"> | keyof typeof ENGINE_PROBLEMS;
