require("./with-node.cjs").runModule("./scripts/kafka-topics-script.ts");
