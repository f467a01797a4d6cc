import { Modal } from "./modal.tsx";
import { areShortcutsOn, switchShortcuts } from "./shortcuts.ts";

const KEYS: readonly (readonly [keys: string, action: string])[] = [
  ["g o", "Overview"],
  ["g l", "Live"],
  ["g f", "Failed messages"],
  ["g r", "Orders"],
  ["g e", "Events"],
  ["g n", "Functions (local emulator)"],
  ["g m", "Mailbox (local emulator)"],
  ["g x", "Faults (local emulator)"],
  ["/", "Search orders, or filter the list"],
  ["j k", "Next and previous row"],
  ["Enter", "Open the row"],
  ["x", "Tick the row"],
  ["X", "Tick all rows from the last tick on"],
  ["r", "Redrive the message, or the ticked ones of a list, or all"],
  ["e", "Edit and redrive the message"],
  ["d", "Discard the message, or the ticked ones of a list, or all"],
  ["u", "Undo discard"],
  ["t", "Change colours: system, light, dark"],
  ["Esc", "Close the dialog"],
  ["?", "Show the keys"],
];

export function Help({ onClose }: { readonly onClose: () => void }) {
  return (
    <Modal title="Keys" onClose={onClose}>
      <dl class="keys">
        {KEYS.map(([keys, action]) => (
          <div key={keys}>
            <dt>
              {keys.split(" ").map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{action}</dd>
          </div>
        ))}
      </dl>
      <label class="switch">
        <input
          type="checkbox"
          defaultChecked={areShortcutsOn()}
          onChange={({ currentTarget }) => switchShortcuts(currentTarget.checked)}
        />{" "}
        Keys are on
      </label>
    </Modal>
  );
}
