import { RECENT_MINUTES, recentSum } from "../../../observe/concerns.ts";
import { count } from "../../../observe/count.ts";
import type { MetricsAnswer } from "../../../observe/view-types.ts";

/** Requests of the API in the last minutes, and those that it answered 5xx. */
export function ApiRow({ metrics }: { readonly metrics: MetricsAnswer }) {
  const [requests, errors] = [recentSum(metrics, "apiRequests"), recentSum(metrics, "apiErrors")];
  return (
    <table class="queues">
      <caption class="visually-hidden">Requests of the API in the last {RECENT_MINUTES} minutes</caption>
      <thead>
        <tr>
          <th scope="col">in the last {RECENT_MINUTES} minutes</th>
          <th scope="col">requests</th>
          <th scope="col">errors (5xx)</th>
        </tr>
      </thead>
      <tbody>
        <tr>
          <th scope="row">API</th>
          <td data-name="requests" class={requests === 0 ? "zero" : ""}>
            {count(requests)}
          </td>
          <td data-name="errors (5xx)" class={errors === 0 ? "zero" : "bad"}>
            {count(errors)}
          </td>
        </tr>
      </tbody>
    </table>
  );
}
