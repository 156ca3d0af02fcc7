import { AbstractMessageReader, AbstractMessageWriter } from 'vscode-languageserver/node';
import type {
  DataCallback,
  Disposable,
  Message,
  MessageReader,
  MessageWriter,
} from 'vscode-languageserver/node';

/** One end of a connection. */
export interface Transports {
  readonly reader: MessageReader;
  readonly writer: MessageWriter;
}

/** A language server that runs, and the way to it. */
export interface LanguageServer extends Transports {
  /** Ends it, and its threads, whatever they are doing. */
  dispose(): void;
}

/** The two ends of a connection within one thread: messages are handed over as they are. */
export function linked(): readonly [Transports, Transports] {
  const one = new Inbox();
  const other = new Inbox();
  return [
    { reader: one, writer: new Outbox(other) },
    { reader: other, writer: new Outbox(one) },
  ];
}

class Inbox extends AbstractMessageReader implements MessageReader {
  readonly #waiting: Message[] = [];
  #take: DataCallback | undefined;

  listen(take: DataCallback): Disposable {
    this.#take = take;
    for (const message of this.#waiting.splice(0)) take(message);
    return { dispose: () => (this.#take = undefined) };
  }

  receive(message: Message): void {
    if (this.#take === undefined) this.#waiting.push(message);
    else this.#take(message);
  }

  /** Tells the one who listens here that the other end is gone. */
  close(): void {
    this.fireClose();
  }
}

class Outbox extends AbstractMessageWriter implements MessageWriter {
  readonly #inbox: Inbox;

  constructor(inbox: Inbox) {
    super();
    this.#inbox = inbox;
  }

  write(message: Message): Promise<void> {
    this.#inbox.receive(message);
    return Promise.resolve();
  }

  end(): void {
    this.#inbox.close();
  }
}
