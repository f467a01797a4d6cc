import { type ApiTarget, bodyOf, exchangeHttp } from "../target/api-client.ts";
import { httpRequest } from "../target/route-request.ts";
import type { Observatory } from "./observatory.ts";
import { remoteObservatory } from "./remote-observatory.ts";

/** Reads the local emulator over HTTP, from another process. Rejects with RequestError where it does not respond. */
export const httpObservatory = (target: ApiTarget): Observatory =>
  remoteObservatory(async (path) =>
    bodyOf(await exchangeHttp(target, httpRequest("GET", `/_emulator/observe${path}`))),
  );
