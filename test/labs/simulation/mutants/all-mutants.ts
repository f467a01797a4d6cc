import type { Mutant } from "../simulated-system.ts";
import { BACKBONE_MUTANTS } from "./backbone-mutants.ts";
import { CONSUMER_MUTANTS } from "./consumer-mutants.ts";
import { EFFECT_MUTANTS } from "./effect-mutants.ts";
import { FAILURE_MUTANTS } from "./failure-mutants.ts";
import { KAFKA_MUTANTS } from "./kafka-mutants.ts";
import { MAIL_MUTANTS } from "./mail-mutants.ts";
import { OPERATOR_MUTANTS } from "./operator-mutants.ts";
import { ORDER_STOCK_MUTANTS } from "./order-stock-mutants.ts";
import { PUBLISHING_MUTANTS } from "./publishing-mutants.ts";
import { RABBITMQ_MUTANTS } from "./rabbitmq-mutants.ts";

/** All mutants. The simulation has to catch each. */
export const MUTANTS: readonly Mutant[] = [
  ...ORDER_STOCK_MUTANTS,
  ...CONSUMER_MUTANTS,
  ...FAILURE_MUTANTS,
  ...OPERATOR_MUTANTS,
  ...MAIL_MUTANTS,
  ...EFFECT_MUTANTS,
  ...PUBLISHING_MUTANTS,
  ...KAFKA_MUTANTS,
  ...RABBITMQ_MUTANTS,
  ...BACKBONE_MUTANTS,
];
