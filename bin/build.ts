require("./with-node.cjs").runModule("./scripts/build-script.ts");
