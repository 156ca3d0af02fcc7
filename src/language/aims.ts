import { ErrorCodes, ResponseError } from 'vscode-languageserver';
import type { Connection } from 'vscode-languageserver';
import { aimOf } from './kustomize.ts';
import { isInteresting, isPatchLike, kustomizationsRequest } from './protocol.ts';
import type { KustomizationFile, KustomizationsParams } from './protocol.ts';
import type { PatchAim } from './targets.ts';

/** What the open JSON patches are aimed at, as the kustomizations beside them say; asked once for each file. */
export class Aims {
  readonly #connection: Connection;
  readonly #known = new Map<string, PatchAim | undefined>();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  of(uri: string): PatchAim | undefined {
    return this.#known.get(uri);
  }

  /** Whether a text may be a patch of ours, and nobody was asked yet. */
  isOpen(uri: string, text: string): boolean {
    return !this.#known.has(uri) && !isInteresting(text) && isPatchLike(text);
  }

  forget(uri: string): void {
    this.#known.delete(uri);
  }

  /** The files that were asked about, to be asked about again. */
  forgetAll(): readonly string[] {
    const asked = [...this.#known.keys()];
    this.#known.clear();
    return asked;
  }

  /** Asks what aims at a file. */
  async find(uri: string): Promise<PatchAim | undefined> {
    this.#known.set(uri, undefined);
    const aim = aimOf(uri, await this.#kustomizationsNear({ uri }));
    // It may have been closed meanwhile.
    if (this.#known.has(uri)) this.#known.set(uri, aim);
    return aim;
  }

  async #kustomizationsNear(params: KustomizationsParams): Promise<readonly KustomizationFile[]> {
    try {
      return await this.#connection.sendRequest<readonly KustomizationFile[]>(kustomizationsRequest, params);
    } catch (error) {
      // A client that is not ours knows no such request.
      if (error instanceof ResponseError && error.code === ErrorCodes.MethodNotFound) return [];
      throw error;
    }
  }
}
