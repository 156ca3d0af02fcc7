/** How Calico's BPF tool is called in an image: this changed in v3.33. */
import { printedText } from '../../core/text/printed.ts';
import type { Agent } from './agents.ts';
import type { Connection } from './connection.ts';
import { LostConnection, messageOf } from './failure.ts';
import { waitFor } from './patience.ts';
import { noAnswer, runBare, type Bounds } from './run.ts';
import type { Shells } from './shells.ts';
import { ClusterError } from '../cluster.ts';

export interface Tool {
  /** The words before the subcommand. */
  readonly prefix: readonly string[];
  readonly health: readonly string[];
  readonly version: string | undefined;
  /** Whether the image has a shell that can watch over a command. */
  readonly hasShell: boolean;
}

const forms = [
  { prefix: ['calico-node', '-bpf'], health: ['calico-node', '-felix-ready', '-bird-ready'] },
  {
    prefix: ['calico', 'component', 'node', 'bpf'],
    health: ['calico', 'component', 'node', 'health', '--felix-ready', '--bird-ready'],
  },
] as const;

/** Asks each image once which form it has, by asking for the version in each. */
export class Tools {
  readonly #connection: Connection;
  readonly #shells: Shells;
  readonly #bounds: Bounds;
  readonly #lifetime: AbortSignal;
  readonly #known = new Map<string, Promise<Tool>>();

  constructor(connection: Connection, shells: Shells, bounds: Bounds, lifetime: AbortSignal) {
    this.#connection = connection;
    this.#shells = shells;
    this.#bounds = bounds;
    this.#lifetime = lifetime;
  }

  /** @throws ClusterError `unsupported` */
  of(agent: Agent, signal: AbortSignal): Promise<Tool> {
    let tool = this.#known.get(agent.image);
    if (tool === undefined) {
      tool = this.#find(agent);
      this.#known.set(agent.image, tool);
      tool.catch(() => this.#known.delete(agent.image));
    }
    return waitFor(tool, signal);
  }

  async #find(agent: Agent): Promise<Tool> {
    for (const { prefix, health } of forms) {
      const answer = await this.#tryOut(agent, [...prefix, 'version']);
      if (answer === undefined) continue;
      const version = /^Version:\s*(\S+)/m.exec(answer.stdout)?.[1];
      return { prefix, health, version, hasShell: answer.hasShell };
    }
    throw new ClusterError(
      'unsupported',
      `The image ${agent.image} has neither \`calico-node\` nor \`calico\`: it is not known how to ask it.`,
    );
  }

  /** Runs a command that may not exist, in a container that may have no shell. */
  async #tryOut(agent: Agent, argv: readonly string[]): Promise<Trial | undefined> {
    const [connection, bounds, signal] = [this.#connection, this.#bounds, this.#lifetime];
    const guarded = await orNoProgram(() => this.#shells.run(agent, [argv], bounds, signal));
    // Without its mark a shell has told nothing, except that it could not be started.
    const hasShell = guarded !== undefined && (guarded.cut === undefined || isThere(guarded.cut));
    const answer = hasShell
      ? (guarded.done[0] ?? guarded.cut)
      : await orNoProgram(() => runBare(connection, agent, argv, bounds, signal));
    if (answer?.end === 'lost') throw new LostConnection('The end of the output was lost.');
    if (answer !== undefined && answer.end !== 'whole') throw noAnswer(argv, bounds);
    if (answer === undefined || !isThere(answer)) return undefined;
    return { stdout: await printedText(answer.stdout), hasShell };
  }
}

interface Trial {
  readonly stdout: string;
  readonly hasShell: boolean;
}

function isThere({ exitCode }: { readonly exitCode: number | undefined }): boolean {
  return exitCode !== 126 && exitCode !== 127;
}

/** What container runtimes say when there is nothing to start: some by a status, some by a failure of the exec. */
async function orNoProgram<T>(run: () => Promise<T>): Promise<T | undefined> {
  try {
    return await run();
  } catch (error) {
    if (/executable file not found|no such file or directory/.test(messageOf(error))) return undefined;
    throw error;
  }
}
