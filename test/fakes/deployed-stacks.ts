import type { Account } from "../../lib/deploy/account.ts";
import type { StackLinks } from "../../lib/deploy/removed-exports.ts";

export const account: Account = {
  id: "123456789012",
  region: "eu-central-1",
  credentials: async () => ({ accessKeyId: "key", secretAccessKey: "secret" }),
  origin: (service) => `https://${service}.example`,
  env: {},
};

type Links = Pick<StackLinks, "name" | "exports" | "imports">;

/** CloudFormation with these stacks: what they export, and who imports it. */
export function deployedStacks(...stacks: readonly Links[]): typeof fetch {
  return async (address) => {
    const query = new URL(String(address)).searchParams;
    const export_ = query.get("ExportName");
    if (query.get("Action") === "ListImports" && export_ !== null) {
      const importers = stacks.filter(({ imports }) => imports.includes(export_));
      return importers.length === 0
        ? refused(`Export '${export_}' is not imported by any stack.`)
        : new Response(importers.map(({ name }) => `<member>${name}</member>`).join(""));
    }
    const found = stacks.find(({ name }) => name === query.get("StackName"));
    if (found === undefined) return refused(`Stack with id ${query.get("StackName")} does not exist`);
    return new Response(
      found.exports.map((name) => `<member><ExportName>${name}</ExportName></member>`).join(""),
    );
  };
}

const refused = (reason: string) => new Response(`<Message>${reason}</Message>`, { status: 400 });
