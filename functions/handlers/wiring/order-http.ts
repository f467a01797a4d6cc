import type { ApiFunctionName, RoutesOf } from "../../contract/api.ts";
import { PROBLEMS, problemType } from "../../contract/errors.ts";
import { ruleOf } from "../../contract/patterns.ts";
import { http, type Routes } from "../../middleware/http.ts";
import { write } from "./environment.ts";

/** A function of the API: its declared routes, with the problem codes and the patterns of the contract. */
export function orderHttp<Name extends ApiFunctionName>(routes: Routes<RoutesOf<NoInfer<Name>>>, to = write) {
  return http(routes as Routes, { problems: PROBLEMS, problemType, ruleOf, write: to });
}
