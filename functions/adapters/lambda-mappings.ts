import type { MappingSwitch } from "../pausing/ports/mapping-switch.ts";

/** Event source mappings by a client that is loaded on first use: maintenance rarely needs it. */
export function lambdaMappings(): MappingSwitch {
  let loaded: Promise<MappingSwitch> | undefined;
  const load = () => {
    // A separate module, so that the bundler leaves unused commands out.
    loaded ??= import("./lambda-client.ts").then(({ lambdaClientMappings }) => lambdaClientMappings());
    return loaded;
  };
  return {
    list: async (functionName) => (await load()).list(functionName),
    switch: async (id, isOn) => (await load()).switch(id, isOn),
  };
}
