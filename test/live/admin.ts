import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import type { Certificates } from './certificates.ts';

/** Plain requests as the administrator of the test cluster, past the code under test. */
export interface Admin {
  get(path: string): Promise<unknown>;
  post(path: string, body: unknown): Promise<unknown>;
  /** A merge patch. */
  patch(path: string, body: unknown): Promise<unknown>;
  delete(path: string): Promise<unknown>;
  close(): void;
}

export class AdminError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export function connectAdmin(port: number, { authority, admin }: Certificates): Admin {
  const agent = new Agent({
    ca: readFileSync(authority.certificate),
    cert: readFileSync(admin.certificate),
    key: readFileSync(admin.key),
    keepAlive: true,
    maxSockets: 8,
  });
  const call = async (method: string, path: string, body?: unknown) => {
    const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
    const options = { agent, host: '127.0.0.1', port, method, path, headers: { 'content-type': type } };
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const asked = request(options, resolve);
      asked.on('error', reject);
      asked.end(body === undefined ? undefined : JSON.stringify(body));
    });
    const status = response.statusCode ?? 0;
    let text = '';
    for await (const chunk of response.setEncoding('utf8')) text += String(chunk);
    if (status >= 300) throw new AdminError(status, `${method} ${path}: ${status} ${text}`);
    const answer: unknown = text.startsWith('{') ? JSON.parse(text) : text;
    return answer;
  };
  return {
    get: (path) => call('GET', path),
    post: (path, body) => call('POST', path, body),
    patch: (path, body) => call('PATCH', path, body),
    delete: (path) => call('DELETE', path),
    close: () => agent.destroy(),
  };
}
