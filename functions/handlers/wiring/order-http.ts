import { PROBLEMS, problemType } from "../../contract/errors.ts";
import { ruleOf } from "../../contract/patterns.ts";
import { http, type Routes } from "../../middleware/http.ts";
import { write } from "./environment.ts";

/** An API function with the problem codes and the patterns of the contract. */
export function orderHttp(routes: Routes, to = write) {
  return http(routes, { problems: PROBLEMS, problemType, ruleOf, write: to });
}
