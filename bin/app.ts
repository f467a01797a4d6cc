require("./with-node.cjs").runModule("./scripts/app-script.ts");
