require("./with-node.cjs").runModule("./scripts/new-script.ts");
