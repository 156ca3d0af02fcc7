import * as vscode from 'vscode';
import { ClusterError, isClusterError } from '../cluster/cluster.ts';
import { parseAsked, type Asked } from '../core/diagnose/asked.ts';
import { toData } from '../core/diagnose/report.ts';
import { toAbortSignal } from '../host/cancellation.ts';
import type { Connection } from '../host/connection.ts';
import type { Session } from '../session/session.ts';

interface DiagnoseInput {
  readonly nodes?: readonly string[];
  /** As `shop/cart`. */
  readonly pod?: string;
  readonly service?: string;
}

interface DumpInput {
  readonly node: string;
  readonly probe: string;
  readonly contains?: string;
  readonly lines?: number;
}

/** What an assistant in the editor may ask of the open cluster. Both tools only read, and say so beforehand. */
export function registerLanguageModelTools({
  connection,
}: {
  readonly connection: Connection;
}): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.lm.registerTool<DiagnoseInput>('calicoBpf_diagnose', {
      prepareInvocation: ({ input }) => confirm('Looking for causes', diagnoseQuestion(connection, input)),
      invoke: ({ input }, token) => answer(connection, (session) => diagnose(session, input, token)),
    }),
    vscode.lm.registerTool<DumpInput>('calicoBpf_readDump', {
      prepareInvocation: ({ input }) =>
        confirm(
          `Reading ${input.probe} of ${input.node}`,
          `This runs the read-only command ${input.probe} on ${input.node} of ${nameOf(connection)} and hands its lines to the assistant. They hold names and addresses of the cluster.`,
        ),
      invoke: ({ input }, token) => answer(connection, (session) => readDump(session, input, token)),
    }),
  );
}

function nameOf({ session }: Connection): string {
  return session?.cluster.info.name ?? 'the cluster that is open';
}

function diagnoseQuestion(connection: Connection, { nodes }: DiagnoseInput): string {
  const where = nodes === undefined ? 'all nodes' : nodes.join(', ');
  return `This runs read-only commands on ${where} of ${nameOf(connection)} and hands what is found to the assistant. Findings hold names and addresses of the cluster.`;
}

function confirm(doing: string, message: string): vscode.PreparedToolInvocation {
  const title = 'Calico eBPF';
  return {
    invocationMessage: doing,
    confirmationMessages: { title, message: new vscode.MarkdownString(message) },
  };
}

/** What the assistant hears; a failure of the world is an answer, too. */
async function answer(
  connection: Connection,
  work: (session: Session) => Promise<string>,
): Promise<vscode.LanguageModelToolResult> {
  const text = await connection.withSession(work).catch((error: unknown) => {
    if (isClusterError(error)) return error.message;
    throw error;
  });
  const said =
    text ?? 'No cluster is open. The user can run “Calico eBPF: Select Cluster…” or “Open Sample Cluster”.';
  return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(said)]);
}

async function diagnose(
  { cluster }: Session,
  input: DiagnoseInput,
  token: vscode.CancellationToken,
): Promise<string> {
  const about = aboutOf(input);
  const bundle = await import('../session/diagnose.ts');
  const report = await bundle.diagnose(
    cluster,
    { about, ...(input.nodes !== undefined && { nodes: input.nodes }) },
    toAbortSignal(token),
  );
  return JSON.stringify(toData(report));
}

/** The pod or the Service that is named, if any is. */
function aboutOf({ pod, service }: DiagnoseInput): Asked | undefined {
  const [kind, name] = service === undefined ? (['pod', pod] as const) : (['service', service] as const);
  if (name === undefined) return undefined;
  const asked = parseAsked(kind, name);
  if (asked === undefined)
    throw new ClusterError('unsupported', `“${name}” names no ${kind}: write namespace/name.`);
  return asked;
}

const usualLines = 200;

async function readDump(
  session: Session,
  { node, probe, contains = '', lines = usualLines }: DumpInput,
  token: vscode.CancellationToken,
): Promise<string> {
  if (typeof node !== 'string' || typeof probe !== 'string')
    throw new ClusterError('unsupported', 'Name a node and a probe.');
  const { text } = await session.text({ node, probe }, toAbortSignal(token));
  const all = text.split('\n');
  const found = all.flatMap((line, index) =>
    line.includes(contains) ? `${index + 1}: ${line.slice(0, 2000)}` : [],
  );
  const more = found.length > lines ? `\n… ${found.length - lines} more lines` : '';
  return `${found.slice(0, lines).join('\n')}${more}`;
}
