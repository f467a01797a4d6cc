require("./with-node.cjs").runModule("./scripts/apply-rabbitmq-topology-script.ts");
