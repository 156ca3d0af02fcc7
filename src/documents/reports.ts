import * as vscode from 'vscode';
import { isClusterError } from '../cluster/cluster.ts';
import { explainFinding, findPlaces, findSubject } from '../core/diagnose/explain.ts';
import type { EvidencePlace, Finding } from '../core/diagnose/finding.ts';
import { toMarkdown } from '../core/diagnose/report.ts';
import type { Span } from '../core/text/problem.ts';
import type { KubernetesObject } from '../core/objects/object.ts';
import type { Diagnosed, Findings } from '../views/findings/findings.ts';
import { dumpUri } from './uri.ts';

const scheme = 'calico-bpf-report';

const preview = 'vscode.markdown.preview.editor';

/** The report on a diagnosis and the explanations of its findings, as Markdown; objects that are evidence, as JSON. */
export class Reports implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #findings: Findings;
  readonly #didChange = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#didChange.event;
  readonly #parts: vscode.Disposable;
  readonly #shown = new Set<string>();

  constructor(findings: Findings) {
    this.#findings = findings;
    this.#parts = vscode.Disposable.from(
      vscode.workspace.registerTextDocumentContentProvider(scheme, this),
      vscode.languages.registerDocumentLinkProvider(
        { scheme },
        {
          provideDocumentLinks: (document) => this.#links(document),
        },
      ),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#shown.delete(uri.toString())),
      findings.onDidChange(() => {
        if (findings.state.kind !== 'running')
          for (const uri of this.#shown) this.#didChange.fire(vscode.Uri.parse(uri, true));
      }),
    );
  }

  /** As it reads, where VS Code's own preview of Markdown is there; it has no links that would be lost in it. */
  async showReport(): Promise<void> {
    const uri = vscode.Uri.from({ scheme, path: '/Calico eBPF report.md' });
    if (vscode.extensions.getExtension('vscode.markdown-language-features') === undefined) await show(uri);
    else await vscode.commands.executeCommand('vscode.openWith', uri, preview, { preview: true });
  }

  async explain({ id }: Finding): Promise<void> {
    await show(vscode.Uri.from({ scheme, path: '/Finding.md', query: id }));
  }

  /** Opens the raw text behind a fact at its line, or the object. */
  async openPlace(place: EvidencePlace): Promise<void> {
    const { state } = this.#findings;
    if (state.kind === 'done') await vscode.commands.executeCommand('vscode.open', placeUri(state, place));
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    this.#shown.add(uri.toString());
    const { state } = this.#findings;
    if (state.kind !== 'done') return 'The checks have not run on this cluster: run “Diagnose Cluster”.\n';
    if (uri.path.endsWith('.json')) return objectText(state, uri.query);
    if (uri.query === '') return toMarkdown(state.report);
    return explanation(state, uri.query);
  }

  /** Links of an explanation to the lines of dumps, and to objects. */
  #links(document: vscode.TextDocument): vscode.DocumentLink[] {
    const { state } = this.#findings;
    const finding =
      state.kind === 'done' ? state.report.findings.find(({ id }) => id === document.uri.query) : undefined;
    if (state.kind !== 'done' || finding === undefined) return [];
    const link = ({ start, end }: Span, target: vscode.Uri) =>
      new vscode.DocumentLink(new vscode.Range(document.positionAt(start), document.positionAt(end)), target);
    const text = document.getText();
    const subject = findSubject(text, finding);
    return [
      ...(subject === undefined ? [] : [link(subject, subjectUri(finding))]),
      ...findPlaces(text, finding).map(({ span, evidence }) => link(span, placeUri(state, evidence.at))),
    ];
  }

  dispose(): void {
    this.#parts.dispose();
    this.#didChange.dispose();
  }
}

async function show(uri: vscode.Uri): Promise<void> {
  await vscode.window.showTextDocument(uri, { preview: true });
}

function objectUri({
  resource,
  namespace,
  name,
}: Extract<EvidencePlace, { readonly kind: 'object' }>): vscode.Uri {
  const query = JSON.stringify([resource, namespace ?? '', name]);
  return vscode.Uri.from({ scheme, path: `/${name}.json`, query });
}

/** What leads to the subject of a finding: the command that knows where it can be looked at. */
function subjectUri({ id }: Finding): vscode.Uri {
  const query = encodeURIComponent(JSON.stringify([{ finding: { id } }]));
  return vscode.Uri.parse(`command:calicoBpf.findings.openSubject?${query}`);
}

/** Where the raw text behind a fact is, at its line, or the object. */
function placeUri({ session }: Diagnosed, at: EvidencePlace): vscode.Uri {
  if (at.kind === 'object') return objectUri(at);
  const { name, takenAt } = session.cluster.info;
  return dumpUri(name, at, takenAt).with({ fragment: at.line === undefined ? '' : `L${at.line}` });
}

function explanation({ report: { findings, checks } }: Diagnosed, id: string): string {
  const finding = findings.find((each) => each.id === id);
  if (finding === undefined) return 'This is no longer found.\n';
  return explainFinding(
    finding,
    checks.find((check) => check.id === finding.check),
  );
}

async function objectText({ session }: Diagnosed, query: string): Promise<string> {
  const [resource = '', namespace = '', name = ''] = (JSON.parse(query) as unknown[]).map(String);
  const { signal } = new AbortController();
  // Calico’s resources are in either of two API groups.
  const groups = [resource, resource.replace(/\.projectcalico\.org$/, '.crd.projectcalico.org')];
  const failures: string[] = [];
  for (const each of new Set(groups)) {
    const objects = await listOr(session.cluster.list(each, signal), (why) => failures.push(why));
    const found = objects.find(
      ({ metadata }) => metadata.name === name && (metadata.namespace ?? '') === namespace,
    );
    if (found !== undefined) return `${JSON.stringify(found, undefined, 2)}\n`;
  }
  const [why] = failures;
  return why === undefined
    ? `${resource} ${name} is no longer there.\n`
    : `${resource} ${name} cannot be shown. ${why}\n`;
}

/** A resource that the cluster does not have has no objects; any other failure is told. */
async function listOr(
  asked: Promise<readonly KubernetesObject[]>,
  tell: (why: string) => void,
): Promise<readonly KubernetesObject[]> {
  try {
    return await asked;
  } catch (error) {
    if (!isClusterError(error)) throw error;
    if (error.reason !== 'not-recorded') tell(error.message);
    return [];
  }
}
