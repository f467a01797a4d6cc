/**
 * Writes what is derived from the schemas: the validators that reach the bundles.
 * `npm run generate` writes them; a test fails when they are out of date.
 */
import { writeFileSync } from "node:fs";
import { Ajv } from "ajv";
import standalone from "ajv/dist/standalone/index.js";
import { CountStockSchema, OrderEventSchema, PlaceOrderSchema } from "../functions/contract/schemas.ts";

const VALIDATORS = {
  isOrderEvent: OrderEventSchema,
  isPlaceOrder: PlaceOrderSchema,
  isCountStock: CountStockSchema,
};

/** The text of `functions/contract/validators.js`. */
export function validatorsSource(): string {
  const ajv = new Ajv({ code: { source: true, esm: true }, strictTypes: false });
  for (const [name, schema] of Object.entries(VALIDATORS)) ajv.addSchema(schema, name);
  const names = Object.fromEntries(Object.keys(VALIDATORS).map((name) => [name, name]));
  // ajv is CommonJS: what TypeScript calls the default export is the module object.
  const generate = standalone as unknown as (ajv: Ajv, refs: Record<string, string>) => string;
  return `// Generated from schemas.ts by \`npm run generate\`.\n${generate(ajv, names)}\n`;
}

if (import.meta.main) {
  writeFileSync(new URL("../functions/contract/validators.js", import.meta.url), validatorsSource());
}
