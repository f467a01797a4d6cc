require("./with-node.cjs").runModule("./scripts/destroy-script.ts");
