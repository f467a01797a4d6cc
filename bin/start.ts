require("./with-node.cjs").runModule("./scripts/start-script.ts");
