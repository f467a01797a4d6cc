import { readSettings } from "../../lib/config.ts";
import { emulatorSettings } from "../../lib/deploy/aws-emulator.ts";
import { kafkaNames } from "../../lib/settings/kafka-names.ts";

const anywhere = { fromFunctions: "", fromHere: "" };

/** The topics and groups of a deployment on an emulator. */
export const EMULATED = kafkaNames(readSettings(emulatorSettings({ hasMail: true, kafka: anywhere })));
