/** The API server of one context: how it is reached, and plain requests to it. */
import { Agent as HttpAgent, request as requestHttp, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps, type RequestOptions } from 'node:https';
import { createSecureContext } from 'node:tls';
import type { KubeConfig } from '@kubernetes/client-node';
import { LostConnection, messageOf, sentence, StatusError } from './failure.ts';
import { ClusterError } from '../cluster.ts';

export interface ConnectionOptions {
  /** Reads the kubeconfig; again when its credentials are refused, because tokens expire and are renewed on disk. */
  readonly load: () => KubeConfig;
  /** How long the API server may be silent. */
  readonly silenceMs: number;
}

export interface Ask {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly body?: unknown;
  /** What the body is; plain JSON where nothing is said. */
  readonly contentType?: string;
  /** At most so many bytes are read. */
  readonly maxBytes?: number;
}

export interface Reply {
  readonly body: Buffer;
  /** What the API server warns of, in its own words. */
  readonly warnings: readonly string[];
}

/** What a request to the API server needs beside its path; certificates are the agent's. */
export interface Access {
  readonly agent: HttpAgent;
  readonly headers: Readonly<Record<string, string>>;
  readonly auth?: string;
}

/** Connections at once: some are watches, which last; those of an exec do not count once it runs. */
const keepConnections = { keepAlive: true, maxSockets: 32 };
const mostBytes = 256 * 1024 * 1024;

export class Connection {
  readonly server: URL;
  readonly context: string;
  readonly silenceMs: number;
  readonly #load: () => KubeConfig;
  #config: KubeConfig;
  readonly #agentOf = new WeakMap<KubeConfig, HttpAgent>();
  #agents: readonly HttpAgent[] = [];
  #access: Promise<Access> | undefined;
  #renewedAt = Number.NEGATIVE_INFINITY;

  constructor({ load, silenceMs }: ConnectionOptions) {
    this.#load = load;
    this.#config = load();
    this.silenceMs = silenceMs;
    this.context = this.#config.getCurrentContext();
    const server = this.#config.getCurrentCluster()?.server ?? '';
    if (!URL.canParse(server))
      throw new ClusterError('unreadable', `“${server}” is no address of a cluster.`);
    this.server = new URL(server);
  }

  /** The JSON at a path. @throws StatusError, LostConnection, or an error of the network. */
  async getJson(path: string, signal: AbortSignal): Promise<unknown> {
    const text = (await this.getBytes(path, {}, signal)).toString('utf8');
    try {
      return JSON.parse(text);
    } catch (error) {
      const words = `${this.server.origin}${path} answers, but not as an API server does`;
      throw new ClusterError('unreadable', `${words}: ${JSON.stringify(text.slice(0, 80))}.`, {
        cause: error,
      });
    }
  }

  /** The bytes at a path. */
  async getBytes(path: string, ask: Ask, signal: AbortSignal): Promise<Buffer> {
    return (await this.send(path, ask, signal)).body;
  }

  /** Sends a request. Refused for its credentials it had not been carried out, so it is sent again with fresh ones. */
  send(path: string, ask: Ask, signal: AbortSignal): Promise<Reply> {
    return this.withFreshCredentials(() => this.#sendOnce(path, ask, signal));
  }

  /** Does something, and once more with credentials that are read again when those that there were are refused. */
  async withFreshCredentials<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof StatusError && error.code === 401)) throw error;
      this.renew();
      return work();
    }
  }

  /** Reads the kubeconfig again; of many who find their credentials refused at a time, once. */
  renew(): void {
    if (performance.now() - this.#renewedAt < 1000) return;
    this.#renewedAt = performance.now();
    this.#config = this.#load();
    this.#access = undefined;
  }

  /** The address of a path, below that of the server. */
  urlOf(path: string): URL {
    return new URL(this.server.pathname.replace(/\/$/, '') + path, this.server);
  }

  /** Credentials, certificates and the way through a proxy; asked for once by all who need them at a time. */
  async access(): Promise<Access> {
    const access = (this.#access ??= this.#authenticate());
    try {
      return await access;
    } finally {
      if (this.#access === access) this.#access = undefined;
    }
  }

  close(): void {
    for (const agent of this.#agents) agent.destroy();
  }

  async #authenticate(): Promise<Access> {
    const options: RequestOptions = {};
    const config = this.#config;
    try {
      await config.applyToHTTPSOptions(options);
    } catch (error) {
      throw new ClusterError(
        'unreachable',
        `The credentials of context “${this.context}” cannot be had: ${sentence(messageOf(error))}`,
        { cause: error },
      );
    }
    const headers = {
      'user-agent': 'calico-ebpf',
      ...(options.headers as Record<string, string> | undefined),
    };
    const { auth } = options;
    return { agent: this.#agentFor(config, options), headers, ...(typeof auth === 'string' ? { auth } : {}) };
  }

  #agentFor(config: KubeConfig, options: RequestOptions): HttpAgent {
    const known = this.#agentOf.get(config);
    if (known !== undefined) return known;
    const agent = makeAgent(config, options);
    this.#agentOf.set(config, agent);
    this.#agents = [...this.#agents, agent];
    return agent;
  }

  /**
   * Asks for an answer that goes on; its lines come later.
   * @throws StatusError, LostConnection
   */
  openLines(path: string, silenceMs: number, signal: AbortSignal): Promise<AsyncGenerator<string>> {
    return this.withFreshCredentials(() => this.#openLinesOnce(path, silenceMs, signal));
  }

  async #openLinesOnce(
    path: string,
    silenceMs: number,
    signal: AbortSignal,
  ): Promise<AsyncGenerator<string>> {
    const response = await this.#open(path, {}, silenceMs, signal);
    if (!isSuccess(response)) throw await toStatusError(response);
    return linesOf(response);
  }

  async #sendOnce(path: string, ask: Ask, signal: AbortSignal): Promise<Reply> {
    const response = await this.#open(path, ask, this.silenceMs, signal);
    if (!isSuccess(response)) throw await toStatusError(response);
    const body = await readBody(response, ask.maxBytes ?? mostBytes);
    return { body, warnings: warningsOf(response) };
  }

  async #open(path: string, ask: Ask, silenceMs: number, signal: AbortSignal): Promise<IncomingMessage> {
    signal.throwIfAborted();
    const access = await this.access();
    const { method = 'GET', body, contentType = 'application/json' } = ask;
    const text = body === undefined ? undefined : JSON.stringify(body);
    // Of a DELETE, Node does not say the length by itself.
    const content =
      text === undefined
        ? {}
        : { 'content-type': contentType, 'content-length': String(Buffer.byteLength(text)) };
    const headers = { accept: 'application/json', ...access.headers, ...content };
    const send = this.server.protocol === 'http:' ? requestHttp : requestHttps;
    return new Promise<IncomingMessage>((resolve, reject) => {
      const request = send(this.urlOf(path), { ...access, method, headers, signal }, resolve);
      request.setTimeout(silenceMs, () => request.destroy(new SilentServer()));
      request.on('error', reject);
      request.end(text);
    });
  }
}

/** One that keeps connections, unless the library made one that goes through a proxy. */
function makeAgent(config: KubeConfig, options: RequestOptions): HttpAgent {
  const cluster = config.getCurrentCluster();
  const isProxied = (cluster?.proxyUrl ?? '') !== '';
  if (isProxied && options.agent instanceof HttpAgent) return options.agent;
  if (cluster?.server.startsWith('http:') === true) return new HttpAgent(keepConnections);
  const { ca, cert, key, passphrase, servername, rejectUnauthorized } = options;
  // Made once: reading certificates takes longer than all else in a handshake.
  const secureContext = createSecureContext(definedOf({ ca, cert, key, passphrase }));
  return new HttpsAgent({
    ...keepConnections,
    secureContext,
    ...definedOf({ servername, rejectUnauthorized }),
  });
}

function isSuccess({ statusCode = 0 }: IncomingMessage): boolean {
  return statusCode >= 200 && statusCode <= 299;
}

/** `Warning: 299 - "what is wrong"`, several in one line. */
function warningsOf({ headers }: IncomingMessage): readonly string[] {
  const found = (headers['warning'] ?? '').matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g);
  return [...found].map(([, text = '']) => text.replaceAll(/\\(.)/g, '$1'));
}

async function toStatusError(response: IncomingMessage): Promise<StatusError> {
  const text = (await readBody(response, mostBytes)).toString('utf8');
  return new StatusError(response.statusCode ?? 0, text, response.headers['retry-after']);
}

/** The longest line of an answer that goes on: an object of the API server has at most 1.5 MB. */
const longestLine = 16 * 1024 * 1024;

async function* linesOf(response: IncomingMessage): AsyncGenerator<string> {
  let rest = '';
  // Leaving the loop destroys the response.
  for await (const chunk of response.setEncoding('utf8') as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > longestLine) throw new ClusterError('too-large', 'A line of the answer has no end.');
    yield* lines;
  }
  if (!response.complete) throw new LostConnection('The connection was lost within the answer.');
}

/** Nothing came for longer than is reasonable. */
class SilentServer extends Error {
  readonly code = 'ETIMEDOUT';
}

async function readBody(response: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > maxBytes) throw new ClusterError('too-large', `The answer has more than ${maxBytes} bytes.`);
  }
  if (!response.complete) throw new LostConnection('The connection was lost within the answer.');
  return Buffer.concat(chunks);
}

function definedOf<T extends object>(values: T): Partial<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>;
}
