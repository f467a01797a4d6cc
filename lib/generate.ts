/**
 * Writes what is derived from the schemas: the validators that reach the bundles, and the descriptions of the
 * API and of the channels. `npm run generate` writes them; a test fails when they are out of date.
 */
import { writeFileSync } from "node:fs";
import { Ajv } from "ajv";
import standalone from "ajv/dist/standalone/index.js";
import { CountStockSchema, OrderEventSchema, PlaceOrderSchema } from "../functions/contract/schemas.ts";
import { asyncapi } from "./describe/asyncapi.ts";
import { openapi } from "./describe/openapi.ts";

const VALIDATORS = {
  isOrderEvent: OrderEventSchema,
  isPlaceOrder: PlaceOrderSchema,
  isCountStock: CountStockSchema,
};

/** The files in `functions/contract`, by name. */
export function generated(): Readonly<Record<string, string>> {
  return {
    "validators.js": validatorsSource(),
    "openapi.json": `${JSON.stringify(openapi(), null, 2)}\n`,
    "asyncapi.json": `${JSON.stringify(asyncapi(), null, 2)}\n`,
  };
}

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
  for (const [name, text] of Object.entries(generated())) {
    writeFileSync(new URL(`../functions/contract/${name}`, import.meta.url), text);
  }
}
