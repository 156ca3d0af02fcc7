import * as vscode from 'vscode';
import type { Evidence, Finding } from '../core/diagnose/finding.ts';
import { toMarkdown } from '../core/diagnose/report.ts';
import { spellChanges } from '../core/diagnose/compare.ts';
import type { Reports } from '../documents/reports.ts';
import type { Connection } from '../host/connection.ts';
import type { Log } from '../host/log.ts';
import { withProgress } from '../host/progress.ts';
import { groupings } from '../views/findings/elements.ts';
import type { Findings } from '../views/findings/findings.ts';
import type { FindingsTree } from '../views/findings/provider.ts';
import type { DiagnosedPlace } from './ids.ts';
import { withSession } from './withSession.ts';
import { pick } from './pick.ts';
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
    registerCommand('calicoBpf.findings.recheck', 'Checking again', log, () => recheck(services)),
    registerCommand('calicoBpf.findings.explain', 'Explaining the finding', log, async (element) => {
      const finding = element?.finding ?? (await pickFinding(findings));
      if (finding !== undefined) await reports.explain(finding);
    }),
    registerCommand('calicoBpf.findings.openEvidence', 'Opening the evidence', log, (element) =>
      openEvidence(services, element),
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

/** Runs the checks; for a node only there, and for a pod only what is about it is shown. */
async function diagnose(
  { connection, findings, tree }: FindingsServices,
  place?: DiagnosedPlace,
): Promise<void> {
  await withSession(connection, async () => {
    const pod = place?.facts?.pod;
    tree.filter = pod === undefined ? '' : `${pod.namespace}/${pod.name}`;
    const nodes = place?.node === undefined ? undefined : [place.node];
    await withProgress('Looking for causes', (signal, report) => {
      const run = findings.run(nodes, signal, report);
      // The view is there once there is anything in it.
      void vscode.commands.executeCommand('calicoBpf.findings.focus');
      return run;
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
  if (evidence !== undefined) await reports.openEvidence(evidence);
}

function pickFinding({ findings }: Findings): Promise<Finding | undefined> {
  return pick(
    'Which finding?',
    findings.map((value) => ({ label: value.title, description: value.severity, value })),
  );
}
