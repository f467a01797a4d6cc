/** `order-events/emulator`: lib/emulator/any-app.md. */
export {
  type AppEmulator,
  type AppEmulatorOptions,
  type EmulatorLine,
  emulateApp,
} from "../../lib/emulator/emulate-app.ts";
