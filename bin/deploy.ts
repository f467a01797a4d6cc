require("./with-node.cjs").runModule("./scripts/deploy-script.ts");
