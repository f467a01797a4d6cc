import { failurePorts, write } from "../compose.ts";
import { http } from "../middleware/http.ts";
import { readFailedMessage } from "../use-cases/read-failed-message.ts";

/** GET /failed-messages/{failedKey}, for operators */
const read = readFailedMessage(failurePorts());

export const handler = http(
  {
    "GET /failed-messages/{failedKey}": async (request) => ({
      status: 200,
      body: await read(request.parameter("failedKey")),
    }),
  },
  write,
);
