import * as vscode from 'vscode';
import type { Cluster } from '../cluster/cluster.ts';
import type { Asked } from '../core/diagnose/asked.ts';
import type { Evidence, Finding } from '../core/diagnose/finding.ts';
import { textField, type KubernetesObject } from '../core/objects/object.ts';
import { isConfiguration, placeOfSubject } from '../core/diagnose/subjectPlace.ts';
import { toMarkdown } from '../core/diagnose/report.ts';
import { spellChanges } from '../core/diagnose/compare.ts';
import type { Reports } from '../documents/reports.ts';
import type { Connection } from '../host/connection.ts';
import type { Log } from '../host/log.ts';
import { withProgress } from '../host/progress.ts';
import { groupings } from '../views/findings/elements.ts';
import type { Findings, Scope } from '../views/findings/findings.ts';
import type { FindingsTree } from '../views/findings/provider.ts';
import type { DiagnosedPlace } from './ids.ts';
import { showOrigin } from './inEffect.ts';
import { withSession } from './withSession.ts';
import { pick, type Choice } from './pick.ts';
import { registerCommand } from './registry.ts';

export interface FindingsServices {
  readonly connection: Connection;
  readonly findings: Findings;
  readonly tree: FindingsTree;
  readonly reports: Reports;
  readonly log: Log;
}

/** Running the checks, and what can be done with what they find. */
export function registerFindingsCommands(services: FindingsServices): vscode.Disposable {
  const { findings, tree, reports, log } = services;
  return vscode.Disposable.from(
    registerCommand('calicoBpf.findings.diagnose', 'Diagnosing', log, (place) => diagnose(services, place)),
    registerCommand('calicoBpf.findings.diagnoseObject', 'Diagnosing', log, () => diagnoseObject(services)),
    registerCommand('calicoBpf.findings.recheck', 'Checking again', log, () => recheck(services)),
    registerCommand('calicoBpf.findings.explain', 'Explaining the finding', log, async (element) => {
      const finding = element?.finding ?? (await pickFinding(findings));
      if (finding !== undefined) await reports.explain(finding);
    }),
    registerCommand('calicoBpf.findings.openEvidence', 'Opening the evidence', log, (element) =>
      openEvidence(services, element),
    ),
    registerCommand('calicoBpf.findings.openSubject', 'Opening what it is about', log, (element) =>
      openSubject(services, element),
    ),
    registerCommand('calicoBpf.findings.copyFix', 'Copying the fix', log, async (element) => {
      const fix = (element?.finding ?? (await pickFinding(findings)))?.fix;
      if (fix === undefined) return;
      await vscode.env.clipboard.writeText(
        [...(fix.commands.length > 0 ? fix.commands : [fix.text])].join('\n'),
      );
    }),
    registerCommand('calicoBpf.findings.copyReport', 'Copying the report', log, async () => {
      const { state } = findings;
      if (state.kind === 'done') await vscode.env.clipboard.writeText(toMarkdown(state.report));
    }),
    registerCommand('calicoBpf.findings.openReport', 'Opening the report', log, () => reports.showReport()),
    registerCommand('calicoBpf.findings.group', 'Grouping findings', log, async () => {
      const choices = groupings.map((value) => ({ label: `By ${value}`, value }));
      tree.grouping = (await pick('Group findings', choices)) ?? tree.grouping;
    }),
    registerCommand('calicoBpf.findings.filter', 'Filtering findings', log, async () => {
      const prompt = 'Words that a finding must have: a node, a pod, a service, a check. Empty shows all.';
      tree.filter = (await vscode.window.showInputBox({ prompt, value: tree.filter })) ?? tree.filter;
    }),
  );
}

/** Runs the checks; for a node only there, and for a pod only what concerns it is shown. */
function diagnose(services: FindingsServices, { node, facts }: DiagnosedPlace = {}): Promise<void> {
  const { pod } = facts ?? {};
  return run(services, {
    ...(node !== undefined && { nodes: [node] }),
    ...(pod !== undefined && { about: { kind: 'pod', ...pod } }),
  });
}

/** Runs the checks for a pod or a Service that the user chooses. */
async function diagnoseObject(services: FindingsServices): Promise<void> {
  await withSession(services.connection, async ({ cluster }) => {
    const about = await withProgress('Listing pods and Services', (signal) => offerObjects(cluster, signal));
    const asked = await pick(`Pod or Service of ${cluster.info.name}`, about);
    if (asked !== undefined) await run(services, { about: asked });
  });
}

async function offerObjects(cluster: Cluster, signal: AbortSignal): Promise<readonly Choice<Asked>[]> {
  const [services, pods] = await Promise.all([
    cluster.list('services', signal),
    cluster.list('pods', signal),
  ]);
  const choice = (kind: Asked['kind'], where: string, { metadata }: KubernetesObject): Choice<Asked> => {
    const { namespace = '', name } = metadata;
    return { label: `${namespace}/${name}`, description: where, value: { kind, namespace, name } };
  };
  return [
    ...services.map((each) =>
      choice('service', `Service ${textField(each, 'spec', 'clusterIP') ?? ''}`, each),
    ),
    ...pods.map((each) => choice('pod', `pod on ${textField(each, 'spec', 'nodeName') ?? 'no node'}`, each)),
  ];
}

async function run({ connection, findings, tree }: FindingsServices, scope: Scope): Promise<void> {
  await withSession(connection, async () => {
    tree.filter = '';
    await withProgress('Looking for causes', (signal, report) => {
      const running = findings.run(scope, signal, report);
      // The view is there once there is anything in it.
      void vscode.commands.executeCommand('calicoBpf.findings.focus');
      return running;
    });
  });
}

async function recheck(services: FindingsServices): Promise<void> {
  const { connection, findings } = services;
  // What was learned must be asked anew.
  connection.session?.forget();
  const done = await withProgress('Checking again', (signal, report) => findings.runAgain(signal, report));
  if (done?.changes !== undefined) void vscode.window.showInformationMessage(spellChanges(done.changes));
}

async function openEvidence(
  { findings, reports }: FindingsServices,
  element: { readonly finding: Finding; readonly evidence?: Evidence } | undefined,
): Promise<void> {
  const finding = element?.finding ?? (await pickFinding(findings));
  const evidence =
    element?.evidence ??
    finding?.evidence.find(({ at }) => at.kind === 'probe' && at.line !== undefined) ??
    finding?.evidence[0];
  if (evidence !== undefined) await reports.openPlace(evidence.at);
}

/** Opens the object, the FelixConfiguration at the key, or the interface in its dump. */
async function openSubject(
  { connection, findings, reports }: FindingsServices,
  given: { readonly finding: Pick<Finding, 'id'> } | undefined,
): Promise<void> {
  const finding =
    given === undefined
      ? await pickFinding(findings)
      : findings.findings.find(({ id }) => id === given.finding.id);
  if (finding === undefined) return;
  const { subject } = finding;
  const place = placeOfSubject(finding);
  if (place.kind === 'object' && isConfiguration(place.resource)) {
    await showOrigin(place.name, connection);
    showInEditor(`${subject.name}:`);
    return;
  }
  await reports.openPlace(place);
  if (subject.kind === 'interface') showInEditor(subject.name);
}

/** Puts the cursor on the first line with some words of the document that was just opened. */
function showInEditor(words: string): void {
  const editor = vscode.window.activeTextEditor;
  const at = editor?.document.getText().indexOf(words) ?? -1;
  if (editor === undefined || at === -1) return;
  const position = editor.document.positionAt(at);
  editor.selection = new vscode.Selection(position, position);
  editor.revealRange(editor.selection, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}

function pickFinding({ findings }: Findings): Promise<Finding | undefined> {
  return pick(
    'Which finding?',
    findings.map((value) => ({ label: value.title, description: value.severity, value })),
  );
}
