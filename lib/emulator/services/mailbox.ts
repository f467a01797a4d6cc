import { EventEmitter } from "node:events";
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { isRecord, listAt, recordAt } from "../assembly/template-values.ts";
import type { MailOutcome } from "./mail-simulator.ts";

/** A mail that was accepted for sending. */
export interface Mail {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  /** Absent for a mail that was not sent by SES. */
  readonly outcome?: MailOutcome;
}

/** The mails sent in the emulator, oldest first. */
export interface Mailbox {
  list(): readonly Mail[];
  add(mail: Mail): void;
  /** Calls the listener for each further mail. Returns the function that unsubscribes. */
  onMail(listener: (mail: Mail) => void): () => void;
}

/** A mailbox in memory, or in a file with one JSON line for each mail, written before the mail is accepted. */
export function openMailbox(file?: string): Mailbox {
  const mails: Mail[] = file === undefined || !existsSync(file) ? [] : readLines(file);
  let isTorn = file !== undefined && endsWithin(file);
  const events = new EventEmitter<{ mail: [Mail] }>();
  events.setMaxListeners(0);
  return {
    list: () => mails,
    add(mail) {
      if (file !== undefined) {
        const start = isTorn ? "\n" : "";
        // A full disk may leave an incomplete line, which the next one must not continue.
        isTorn = true;
        appendFileSync(file, `${start}${JSON.stringify(mail)}\n`);
        isTorn = false;
      }
      mails.push(mail);
      events.emit("mail", mail);
    },
    onMail(listener) {
      events.on("mail", listener);
      return () => events.off("mail", listener);
    },
  };
}

/** Whether a `kill -9` left an incomplete last line. */
const endsWithin = (file: string): boolean =>
  existsSync(file) && !["", "\n"].includes(readFileSync(file, "utf8").slice(-1));

/** A mail with an incomplete line was not accepted: it is skipped. */
function readLines(file: string): Mail[] {
  return readFileSync(file, "utf8")
    .split("\n")
    .flatMap((line) => {
      try {
        return [JSON.parse(line) as Mail];
      } catch {
        return [];
      }
    });
}

/**
 * The mail of a SendEmail request with simple content. Throws AssemblyError for a request that SES would refuse, too.
 */
export function toMail(request: unknown, id: string, at: number): Mail {
  const input = recordAt(request, "SendEmail");
  const destination = recordAt(input["Destination"], "Destination");
  const simple = recordAt(recordAt(input["Content"], "Content")["Simple"], "Content.Simple");
  const body = recordAt(simple["Body"], "Body");
  return {
    id,
    at,
    from: String(input["FromEmailAddress"]),
    to: listAt(destination["ToAddresses"], "ToAddresses").map(String),
    subject: dataOf(simple["Subject"]),
    text: dataOf(body["Text"] ?? body["Html"]),
  };
}

const dataOf = (content: unknown): string => (isRecord(content) ? String(content["Data"]) : "");
