import { type App, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";

/** Runs the rules of AwsSolutions at each synth. */
export function addChecks({ app }: { readonly app: App }): void {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
}
