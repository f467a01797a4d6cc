import { Modal } from "./modal.tsx";

const KEYS: readonly (readonly [keys: string, does: string])[] = [
  ["g o", "Overview"],
  ["g f", "Failed messages"],
  ["g r", "Orders"],
  ["g m", "Mailbox (one machine)"],
  ["g x", "Faults (one machine)"],
  ["/", "Search an order, or filter the list"],
  ["j k", "Next and previous row"],
  ["Enter", "Open the row"],
  ["r", "Redrive what is shown"],
  ["e", "Edit and redrive the message"],
  ["d", "Discard the message"],
  ["u", "Undo its discard"],
  ["t", "Light, dark, or as the system"],
  ["Esc", "Close what is open"],
  ["?", "This list"],
];

export function Help({ onClose }: { readonly onClose: () => void }) {
  return (
    <Modal title="Keys" onClose={onClose}>
      <dl class="keys">
        {KEYS.map(([keys, does]) => (
          <div key={keys}>
            <dt>
              {keys.split(" ").map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}
