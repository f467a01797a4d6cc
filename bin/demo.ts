require("./with-node.cjs").runModule("./scripts/demo-script.ts");
