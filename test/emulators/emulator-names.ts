import { readSettings } from "../../lib/config.ts";
import { kafkaNames } from "../../lib/settings/kafka-names.ts";
import { emulatorSettings } from "./aws-emulator.ts";

const anywhere = { fromFunctions: "", fromHere: "" };

/** The topics and groups of a deployment on an emulator. */
export const EMULATED = kafkaNames(readSettings(emulatorSettings({ hasMail: true, kafka: anywhere })));
