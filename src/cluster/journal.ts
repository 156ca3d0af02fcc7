/**
 * What was changed for a while and must be put back, on disk: a file for each loan, written before the change is made
 * and removed when it is undone. So nothing is forgotten when the editor ends, however it ends.
 */
import { mkdir, open, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { ObjectRef } from './cluster.ts';
import { field, textField } from '../core/objects/object.ts';

/** A change that is made for a while. */
export interface Loan {
  readonly id: string;
  /** The cluster by its name, and by the address of its API server. */
  readonly cluster: string;
  readonly server: string;
  readonly ref: ObjectRef;
  /** What it is for, in words: `a trace of node-a`. */
  readonly purpose: string;
  /** ISO 8601. */
  readonly takenAt: string;
  /** The spec that the object was created with; `undefined` when it was there before. */
  readonly created: Readonly<Record<string, unknown>> | undefined;
  readonly keys: readonly BorrowedKey[];
}

export interface BorrowedKey {
  readonly key: string;
  /** What it was; not there when it was not set. */
  readonly before?: unknown;
  /** What it is meanwhile; not there when it was taken away. */
  readonly ours?: unknown;
}

/** A loan whose process ended without putting it back is told by its file: nobody touches it any more. */
const heartbeatMs = 5_000;
const deadAfterMs = 20_000;

export class Journal {
  readonly #folder: string;
  readonly #beats = new Map<string, NodeJS.Timeout>();

  /** @param folder where the files are; made when it is first needed. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Notes a loan; when this returns, it is on the disk. */
  async write(loan: Loan): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    const path = this.#pathOf(loan.id);
    const draft = `${path}.draft`;
    const file = await open(draft, 'w', 0o600);
    try {
      await file.writeFile(
        JSON.stringify({ format: 'calico-ebpf-loan', version: 1, pid: process.pid, loan }),
      );
      await file.sync();
    } finally {
      await file.close();
    }
    // A file of this name is whole.
    await rename(draft, path);
    const beat = setInterval(() => void touch(path), heartbeatMs);
    beat.unref();
    this.#beats.set(loan.id, beat);
  }

  /** Forgets a loan that was put back. */
  async remove(id: string): Promise<void> {
    clearInterval(this.#beats.get(id));
    this.#beats.delete(id);
    await rm(this.#pathOf(id), { force: true });
  }

  /** The loans that nobody is about to put back: those of processes that are gone. */
  async abandoned(now = Date.now()): Promise<readonly Loan[]> {
    const files = await readdir(this.#folder).catch(() => []);
    const found = await Promise.all(
      files.filter((file) => file.endsWith('.json')).map((file) => this.#readAbandoned(file, now)),
    );
    return found.flatMap((loan) => loan ?? []).toSorted((a, b) => (a.takenAt < b.takenAt ? -1 : 1));
  }

  /** Stops telling that this process lives, as if it had ended. */
  close(): void {
    for (const beat of this.#beats.values()) clearInterval(beat);
    this.#beats.clear();
  }

  async #readAbandoned(file: string, now: number): Promise<Loan | undefined> {
    const path = join(this.#folder, file);
    try {
      const [text, { mtimeMs }] = await Promise.all([readFile(path, 'utf8'), stat(path)]);
      const entry: unknown = JSON.parse(text);
      const loan = field(entry, 'loan');
      if (!isLoan(loan) || this.#beats.has(loan.id)) return undefined;
      const pid = field(entry, 'pid');
      const lives = typeof pid === 'number' && pid !== process.pid && isAlive(pid);
      return lives && now - mtimeMs < deadAfterMs ? undefined : loan;
    } catch {
      return undefined; // It was removed meanwhile, or is none of ours.
    }
  }

  #pathOf(id: string): string {
    return join(this.#folder, `${id}.json`);
  }
}

function isLoan(value: unknown): value is Loan {
  return (
    textField(value, 'id') !== undefined &&
    textField(value, 'server') !== undefined &&
    textField(value, 'ref', 'name') !== undefined &&
    Array.isArray(field(value, 'keys'))
  );
}

/** Whether a process is there; signal 0 only asks. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return textField(error, 'code') === 'EPERM';
  }
}

async function touch(path: string): Promise<void> {
  const now = new Date();
  await utimes(path, now, now).catch(() => undefined); // It was just put back.
}
