/** How Calico's BPF tool is called in an image: this changed in v3.33. */
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

/** What a trial said: `undefined` when there is no such program. */
export type Trial = (
  argv: readonly string[],
) => Promise<{ readonly stdout: string; readonly hasShell: boolean } | undefined>;

/** Finds the form that an image has, by asking for the version in each. */
export async function findTool(image: string, tryOut: Trial): Promise<Tool> {
  for (const { prefix, health } of forms) {
    const answer = await tryOut([...prefix, 'version']);
    if (answer === undefined) continue;
    const version = /^Version:\s*(\S+)/m.exec(answer.stdout)?.[1];
    return { prefix, health, version, hasShell: answer.hasShell };
  }
  throw new ClusterError(
    'unsupported',
    `The image ${image} has neither \`calico-node\` nor \`calico\`: it is not known how to ask it.`,
  );
}
