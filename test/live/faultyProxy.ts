/** A proxy between client and API server that fails in the ways of a bad network, as it is told to. */
import { createServer, type Socket } from 'node:net';
import { readFileSync } from 'node:fs';
import { connect as connectTls, createSecureContext, TLSSocket } from 'node:tls';
import type { Certificates } from './certificates.ts';
import { listenOnLoopback } from './processes.ts';

/** What happens to the next answers to requests whose head matches. Bytes are those of the answer. */
export type Fault = { readonly match: RegExp; readonly times: number } & (
  | {
      readonly kind: 'refuse';
      readonly status: number;
      readonly body?: unknown;
      readonly retryAfter?: number;
    }
  | { readonly kind: 'cut' | 'reset' | 'stall'; readonly afterBytes: number }
  | { readonly kind: 'delay'; readonly ms: number }
  | { readonly kind: 'throttle'; readonly bytesPerSecond: number }
);

export interface FaultyProxy {
  readonly port: number;
  /** Adds a fault; the first that matches and is not used up happens. */
  fail(fault: Fault): void;
  /** How often faults have happened since the last `heal`. */
  readonly failures: number;
  heal(): void;
  readonly openConnections: number;
  stop(): Promise<void>;
}

export async function startFaultyProxy(target: number, certificates: Certificates): Promise<FaultyProxy> {
  const state: State = { faults: [], failures: 0, sockets: new Set() };
  const secureContext = createSecureContext({
    cert: readFileSync(certificates.server.certificate),
    key: readFileSync(certificates.server.key),
  });
  const server = createServer((raw) => {
    const client = new TLSSocket(raw, { isServer: true, secureContext, ALPNProtocols: ['http/1.1'] });
    const upstream = connectTls({
      host: '127.0.0.1',
      port: target,
      ca: readFileSync(certificates.authority.certificate),
      ALPNProtocols: ['http/1.1'],
    });
    join({ raw, client, upstream }, state);
  });
  const port = await listenOnLoopback(server);
  return {
    port,
    fail: (fault) => state.faults.push({ fault, left: fault.times }),
    get failures() {
      return state.failures;
    },
    heal: () => {
      state.faults.length = 0;
      state.failures = 0;
    },
    get openConnections() {
      return state.sockets.size;
    },
    stop: () =>
      new Promise((resolve) => {
        for (const socket of state.sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

interface State {
  readonly faults: { readonly fault: Fault; left: number }[];
  readonly sockets: Set<Socket>;
  failures: number;
}

interface Pair {
  readonly raw: Socket;
  readonly client: TLSSocket;
  readonly upstream: TLSSocket;
}

function join({ raw, client, upstream }: Pair, state: State): void {
  state.sockets.add(raw);
  const end = () => {
    state.sockets.delete(raw);
    client.destroy();
    upstream.destroy();
  };
  for (const socket of [raw, client, upstream]) socket.on('error', end).on('close', end);

  let answer = new Answer(undefined, { raw, client, upstream });
  client.on('data', (chunk: Buffer) => {
    const fault = isRequest(chunk) ? takeFault(state, chunk.toString('latin1')) : undefined;
    if (isRequest(chunk)) answer = new Answer(fault, { raw, client, upstream });
    if (fault?.kind === 'refuse') client.write(refusal(fault));
    else upstream.write(chunk);
  });
  upstream.on('data', (chunk: Buffer) => answer.pass(chunk));
}

function isRequest(chunk: Buffer): boolean {
  return /^(?:GET|POST|PUT|PATCH|DELETE) \S+ HTTP\/1\.1\r\n/.test(chunk.subarray(0, 4096).toString('latin1'));
}

function takeFault(state: State, head: string): Fault | undefined {
  const found = state.faults.find(({ fault, left }) => left > 0 && fault.match.test(head));
  if (found === undefined) return undefined;
  found.left -= 1;
  state.failures += 1;
  return found.fault;
}

/** One answer on its way to the client. */
class Answer {
  readonly #fault: Fault | undefined;
  readonly #pair: Pair;
  #passed = 0;

  constructor(fault: Fault | undefined, pair: Pair) {
    this.#fault = fault;
    this.#pair = pair;
  }

  pass(chunk: Buffer): void {
    const fault = this.#fault;
    const { client, upstream } = this.#pair;
    switch (fault?.kind) {
      case 'cut':
      case 'reset':
      case 'stall':
        this.#passUpTo(chunk, fault);
        return;
      case 'delay':
        setTimeout(() => client.write(chunk), fault.ms);
        return;
      case 'throttle':
        upstream.pause();
        client.write(chunk);
        setTimeout(() => upstream.resume(), (chunk.length / fault.bytesPerSecond) * 1000);
        return;
      case 'refuse':
      case undefined:
        if (!client.write(chunk)) {
          upstream.pause();
          client.once('drain', () => upstream.resume());
        }
    }
  }

  #passUpTo(chunk: Buffer, { kind, afterBytes }: Extract<Fault, { afterBytes: number }>): void {
    const { raw, client, upstream } = this.#pair;
    const room = afterBytes - this.#passed;
    this.#passed += chunk.length;
    if (room > 0) client.write(chunk.subarray(0, room));
    if (chunk.length < room) return;
    if (kind === 'stall') {
      upstream.pause();
      return;
    }
    // What was written must be on its way before the end is.
    setImmediate(() => {
      if (kind === 'reset') raw.resetAndDestroy();
      raw.destroy();
    });
  }
}

function refusal({ status, body, retryAfter }: Extract<Fault, { kind: 'refuse' }>): string {
  const text = JSON.stringify(
    body ?? {
      kind: 'Status',
      apiVersion: 'v1',
      status: 'Failure',
      message: `told to answer ${status}`,
      code: status,
    },
  );
  const again = retryAfter === undefined ? '' : `retry-after: ${retryAfter}\r\n`;
  return `HTTP/1.1 ${status} Told\r\ncontent-type: application/json\r\n${again}content-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
}
