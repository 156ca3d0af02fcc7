import { editor } from '../../support/vscode.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FileDecoration, FileDecorationProvider, LanguageModelTool, Uri as UriType } from 'vscode';
import { fakeDocument } from '../../support/document.ts';
import { Range, Uri } from '../../support/vscodeValues.ts';
import { openSample } from '../../support/sample.ts';
import { ClusterError } from '../../../src/cluster/cluster.ts';
import type { Element } from '../../../src/views/findings/elements.ts';

editor.settings.set('calicoBpf.diagnose.disabledChecks', []);
editor.settings.set('calicoBpf.probe.concurrency', 8);
const { Connection } = await import('../../../src/host/connection.ts');
const { Findings } = await import('../../../src/views/findings/findings.ts');
const { FindingsTree } = await import('../../../src/views/findings/provider.ts');
const { Reports } = await import('../../../src/documents/reports.ts');
const { registerFindingsCommands } = await import('../../../src/commands/findings.ts');
const { registerNodeDecorations, nodeUri } = await import('../../../src/views/findings/nodeDecorations.ts');
const { registerLanguageModelTools } = await import('../../../src/commands/languageModelTools.ts');

const log = { info() {}, warn() {}, error() {}, show() {} };

/** The sample, opened, with what the view is made of. */
async function open() {
  const session = await openSample();
  const connection = new Connection({ openSession: async () => session, findSource: async () => undefined });
  await connection.open({ kind: 'sample' }, new AbortController().signal);
  const findings = new Findings(connection);
  const tree = new FindingsTree(findings);
  const reports = new Reports(findings);
  registerFindingsCommands({ connection, findings, tree, reports, log: log as never });
  const run = (id: string, ...args: unknown[]) => editor.commands.get(id)?.(...args);
  return { connection, findings, tree, reports, run };
}

function labels(tree: InstanceType<typeof FindingsTree>, parent?: Element): readonly string[] {
  return tree
    .getChildren(parent)
    .map((element) => tree.getTreeItem(element).accessibilityInformation?.label ?? '');
}

test('groups what is found by severity, then by node or check, and filters it', async () => {
  const { tree, run } = await open();
  assert.deepEqual(labels(tree), []);
  await run('calicoBpf.findings.diagnose');
  assert.deepEqual(labels(tree).slice(0, 3), ['Errors, 1', 'Warnings, 2', 'Information, 4']);
  assert.match(labels(tree).at(-1) ?? '', /^\d+ of 15 checks passed, 3 found something\.$/);
  editor.picks.push('By node');
  await run('calicoBpf.findings.group');
  assert.ok(labels(tree).some((label) => label.startsWith('node-a, ')));
  editor.inputs.push('shop/cart-6');
  await run('calicoBpf.findings.filter');
  assert.deepEqual(labels(tree).slice(0, -1), ['node-a, 1']);
});

test('a finding shows its evidence and its fix, and opens the dump at the line', async () => {
  const { tree, run } = await open();
  await run('calicoBpf.findings.diagnose');
  const [errors] = tree.getChildren();
  const [finding] = tree.getChildren(errors);
  assert.ok(finding?.kind === 'finding');
  assert.match(
    labels(tree, finding).join('\n'),
    /Evidence: cali8cb945225b4: 15 packets dropped by policy\..*\n.*\n.*\nFix: Correct the selector/,
  );
  await run('calicoBpf.findings.openEvidence', finding);
  assert.match(String(editor.shown.at(-1)), /^calico-bpf:\/shop\/node-a\/counters\.dump\?.*#L\d+$/);
  await run('calicoBpf.findings.copyFix', finding);
  assert.match(editor.clipboard, /^kubectl -n shop edit networkpolicies/);
});

test('diagnosing a node or a pod looks there only', async () => {
  const { findings, tree, run } = await open();
  await run('calicoBpf.findings.diagnose', { node: 'node-c' });
  assert.ok(findings.findings.every(({ nodes }) => nodes.every((node) => node === 'node-c')));
  const pod = { namespace: 'shop', name: 'cart-6f5b9c7d4c-m8t2l' };
  await run('calicoBpf.findings.diagnose', { node: 'node-a', facts: { pod } });
  assert.deepEqual(labels(tree).slice(0, 2), ['Errors, 1', 'Warnings, 1']);
  assert.ok(findings.findings.some(({ check }) => check === 'source-addresses'));
});

test('a pod or a Service is chosen, and only what concerns it is found', async () => {
  const { findings, run } = await open();
  editor.picks.push('shop/reports');
  await run('calicoBpf.findings.diagnoseObject');
  const services = findings.findings.filter(({ subject }) => subject.kind === 'service');
  assert.deepEqual(new Set(services.map(({ subject }) => subject.name)), new Set(['reports']));
  assert.ok(findings.findings.every(({ subject }) => subject.kind !== 'pod'));
});

test('checking again says what changed', async () => {
  const { run } = await open();
  await run('calicoBpf.findings.diagnose');
  await run('calicoBpf.findings.recheck');
  assert.equal(editor.messages.at(-1), 'Nothing changed since the last time.');
});

test('what was found stays in sight while the checks run again, and when that is given up', async () => {
  const { findings } = await open();
  const { signal } = new AbortController();
  const first = findings.run({}, signal, () => {});
  assert.deepEqual([findings.state.kind, editor.context.get('calicoBpf.isDiagnosed')], ['running', true]);
  await first;
  const found = findings.findings;
  const givenUp = new AbortController();
  const second = findings.run({}, givenUp.signal, () => {});
  assert.deepEqual([findings.state.kind, findings.findings], ['running', found]);
  givenUp.abort();
  await assert.rejects(second, { name: 'AbortError' });
  assert.deepEqual([findings.state.kind, findings.findings], ['done', found]);
});

test('progress adds up to the whole, whatever of it is shown', async () => {
  const { findings } = await open();
  const told: string[] = [];
  let percent = 0;
  await findings.run({}, new AbortController().signal, (message, increment) => {
    told.push(message);
    percent += increment;
  });
  assert.deepEqual([told.at(-1), Math.round(percent)], ['3 of 3 nodes', 100]);
});

test('a check that is disabled does not run', async () => {
  editor.settings.set('calicoBpf.diagnose.disabledChecks', ['policy']);
  const { findings, run } = await open();
  await run('calicoBpf.findings.diagnose');
  editor.settings.set('calicoBpf.diagnose.disabledChecks', []);
  assert.ok(findings.findings.length > 0 && findings.findings.every(({ check }) => check !== 'policy'));
});

test('what was found is forgotten when another cluster is opened', async () => {
  const { connection, findings, run } = await open();
  await run('calicoBpf.findings.diagnose');
  await connection.close();
  assert.deepEqual([findings.state.kind, editor.context.get('calicoBpf.isDiagnosed')], ['none', false]);
});

test('explains a finding step by step', async () => {
  const { findings, reports, run } = await open();
  await run('calicoBpf.findings.diagnose');
  const [finding] = findings.findings;
  await run('calicoBpf.findings.explain', { finding });
  const uri = editor.shown.at(-1) as unknown as UriType;
  const text = await reports.provideTextDocumentContent(uri);
  assert.match(text, /^# Pod shop\/cart-/);
  assert.match(
    text,
    /## What was seen\n\n1\. [^\n]*\n\n {3}`[^\n]*`\n\n {3}counters\.dump of node-a, line \d+/,
  );
  assert.match(text, /\n {3}networkpolicies\.networking\.k8s\.io shop\/cart-from-frontend, 20/);
  assert.match(text, /## What to do/);
});

test('the report is Markdown to paste, and an object that is evidence is shown', async () => {
  const { findings, reports, run } = await open();
  await run('calicoBpf.findings.diagnose');
  await run('calicoBpf.findings.copyReport');
  assert.match(editor.clipboard, /^# Calico eBPF: diagnosis of shop\n\n1 error, 2 warnings, /);
  const evidence = findings.findings[0]?.evidence.find(({ at }) => at.kind === 'object');
  assert.ok(evidence);
  await reports.openPlace(evidence.at);
  const text = await reports.provideTextDocumentContent(editor.shown.at(-1) as unknown as UriType);
  assert.match(text, /"name": "cart-from-frontend"/);
});

test('what a finding is about is opened: its object', async () => {
  const { findings, reports, run } = await open();
  await run('calicoBpf.findings.diagnose');
  const [finding] = findings.findings;
  await run('calicoBpf.findings.openSubject', { finding });
  const text = await reports.provideTextDocumentContent(editor.shown.at(-1) as unknown as UriType);
  assert.match(text, /"name": "cart-6f5b9c7d4c-m8t2l"/);
});

test('an object that may no longer be read says so, and is not called gone', async () => {
  const { findings, reports, run } = await open();
  await run('calicoBpf.findings.diagnose');
  const evidence = findings.findings[0]?.evidence.find(({ at }) => at.kind === 'object');
  const { state } = findings;
  assert.ok(evidence !== undefined && state.kind === 'done');
  const refuse = async () => {
    throw new ClusterError('forbidden', 'You lack the permission “list networkpolicies”.');
  };
  Object.assign(state.session.cluster, { list: refuse });
  await reports.openPlace(evidence.at);
  const text = await reports.provideTextDocumentContent(editor.shown.at(-1) as unknown as UriType);
  assert.match(text, /cart-from-frontend cannot be shown\. You lack the permission “list networkpolicies”\./);
});

test('marks the nodes about which something was found', async () => {
  const { findings, run } = await open();
  registerNodeDecorations({ findings });
  const provider = editor.providers.get('decorations') as FileDecorationProvider;
  const decorate = (uri: unknown) =>
    provider.provideFileDecoration(uri as UriType, undefined as never) as FileDecoration | undefined;
  assert.equal(decorate(nodeUri('node-a')), undefined);
  await run('calicoBpf.findings.diagnose');
  assert.equal(decorate(nodeUri('node-a'))?.tooltip, '1 error, 2 warnings in Findings');
  assert.equal(decorate(Uri.file('/node-a')), undefined);
});

test('an assistant is asked about first, and answered with data', async () => {
  const { connection } = await open();
  registerLanguageModelTools({ connection });
  const token = {
    isCancellationRequested: false,
    onCancellationRequested: () => ({ dispose() {} }),
  } as never;
  const tool = editor.providers.get('calicoBpf_diagnose') as LanguageModelTool<object>;
  const prepared = await tool.prepareInvocation?.({ input: {} }, token);
  assert.match(JSON.stringify(prepared), /read-only commands on all nodes of shop/);
  const said = async (name: string, input: object) => {
    const asked = editor.providers.get(name) as LanguageModelTool<object>;
    return JSON.stringify(await asked.invoke({ input, toolInvocationToken: undefined }, token));
  };
  assert.match(await said('calicoBpf_diagnose', {}), /cart-from-frontend/);
  assert.match(
    await said('calicoBpf_readDump', { node: 'node-a', probe: 'nat.dump', contains: '10.96.0.1 ' }),
    /port 443/,
  );
  assert.match(await said('calicoBpf_readDump', { node: 'node-a', probe: 'no.such' }), /holds no no\.such/);
  await connection.close();
  assert.match(await said('calicoBpf_diagnose', {}), /No cluster is open/);
});

test('a finding that an open YAML file causes is a diagnostic there, until another cluster is opened', async () => {
  const { connection, findings, run } = await open();
  const { registerYamlDiagnostics } = await import('../../../src/views/findings/yamlDiagnostics.ts');
  const lines = ['kind: FelixConfiguration', 'metadata:', '  name: default', 'spec:', '  bpfLogLevel: Debug'];
  const uri = Uri.file('/felix.yaml');
  editor.documents.push(fakeDocument(uri, lines.join('\n'), 'yaml'));
  registerYamlDiagnostics({ findings });
  const shown = () => editor.diagnostics.get(uri.toString());
  await run('calicoBpf.findings.diagnose');
  const [found] = shown() ?? [];
  assert.deepEqual(found?.range, new Range(4, 2, 4, 20));
  assert.match(found?.message ?? '', /^bpfLogLevel is Debug on node-a, node-b and node-c/);
  await connection.close();
  assert.deepEqual(shown(), []);
});
