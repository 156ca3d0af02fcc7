import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CompletionItem, CompletionList, TextEdit } from 'vscode-languageserver';
import { startServer } from './harness.ts';
import type { ClientOptions } from './harness.ts';
import { caretIn } from './marked.ts';

const head = `apiVersion: projectcalico.org/v3
kind: FelixConfiguration
metadata: {name: default}
spec:
`;

async function complete(
  barred: string,
  options?: ClientOptions,
  trigger?: string,
): Promise<readonly CompletionItem[]> {
  const { text, line, character } = caretIn(barred);
  const client = await startServer(options);
  await client.open(text);
  const { items } = await client.request<CompletionList>('textDocument/completion', {
    textDocument: { uri: 'file:///felix.yaml' },
    position: { line, character },
    context: trigger === undefined ? { triggerKind: 1 } : { triggerKind: 2, triggerCharacter: trigger },
  });
  assert.deepEqual(client.errors, []);
  await client.stop();
  const key = ({ sortText, label }: CompletionItem) => `${sortText ?? label} ${label}`;
  return items.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
}

const labels = async (...given: Parameters<typeof complete>) =>
  (await complete(...given)).map(({ label }) => label);

/** The text after an item is taken. */
async function take(barred: string, label: string): Promise<string> {
  const item = (await complete(barred)).find((each) => each.label === label);
  assert.ok(item?.textEdit !== undefined && 'range' in item.textEdit, `${label} is offered`);
  const { text } = caretIn(barred);
  return applyEdit(text, item.textEdit);
}

function applyEdit(text: string, { range, newText }: TextEdit): string {
  const lines = text.split('\n');
  const line = lines[range.start.line] ?? '';
  lines[range.start.line] = line.slice(0, range.start.character) + newText + line.slice(range.end.character);
  return lines.join('\n');
}

test('says beside each key what it is about', async () => {
  const items = await complete(`${head}  |`);
  const gists = new Map(items.map(({ label, labelDetails }) => [label, labelDetails?.description]));
  assert.equal(gists.get('bpfEnforceRPF'), 'reverse path filtering');
  assert.equal(gists.get('wireguardMTU'), 'WireGuard');
});

test('offers the keys of eBPF first and those that are there not again', async () => {
  const offered = await labels(`${head}  bpfEnabled: true\n  |\n`);
  assert.equal(offered[0], 'bpfDataIfacePattern');
  assert.ok(offered.slice(0, 40).every((label) => label.startsWith('bpf')));
  assert.ok(!offered.includes('bpfEnabled'));
  assert.ok(!offered.includes('iptablesLockTimeout'), 'which v3.32 no longer has');
});

test('replaces the whole word and adds the colon, unless it is there', async () => {
  assert.equal(await take(`${head}  bpfLo|\n`, 'bpfLogLevel'), `${head}  bpfLogLevel: $0\n`);
  assert.equal(await take(`${head}  bpfLo|gL: Debug\n`, 'bpfLogLevel'), `${head}  bpfLogLevel: Debug\n`);
});

test('begins lists and objects on the next line', async () => {
  assert.equal(
    await take(`${head}  bpfDSR|\n`, 'bpfDSROptoutCIDRs'),
    `${head}  bpfDSROptoutCIDRs:\n  - $0\n`,
  );
});

test('offers the values of an enumeration, quoted where YAML would read something else', async () => {
  assert.deepEqual((await labels(`${head}  bpfLogLevel: |\n`)).toSorted(), ['Debug', 'Info', 'Off']);
  assert.equal(await take(`${head}  bpfLogLevel: O|\n`, 'Off'), `${head}  bpfLogLevel: "Off"\n`);
});

test('offers booleans, durations, and what Felix’s default is', async () => {
  assert.deepEqual(await labels(`${head}  bpfEnabled: |\n`), ['true', 'false']);
  const [first] = await complete(`${head}  routeRefreshInterval: |\n`);
  assert.deepEqual([first?.label, first?.preselect], ['1m30s', true]);
});

test('offers the parts of objects, in lists and in flow style too', async () => {
  assert.ok((await labels(`${head}  bpfConntrackTimeouts:\n    |\n`)).includes('tcpEstablished'));
  assert.ok(
    (await labels(`${head}  bpfConntrackTimeouts: {udpTimeout: 60s, |}\n`)).includes('tcpEstablished'),
  );
  assert.deepEqual(await labels(`${head}  failsafeInboundHostPorts:\n    - port: 22\n      |\n`), [
    'net',
    'port',
    'protocol',
  ]);
});

test('offers filters for the packet trace', async () => {
  assert.ok((await labels(`${head}  bpfLogFilters:\n    |\n`)).includes('all'));
  assert.ok((await labels(`${head}  bpfLogFilters:\n    all: |\n`)).includes('tcp port 80'));
});

test('writes keys and values of JSON with quotes', async () => {
  const json = '{"kind": "FelixConfiguration", "spec": {"bpfEnabled": true, "bpfLogLevel": |}}';
  assert.equal(await take(json, 'Off'), json.replace('|', '"Off"'));
  const key = '{"kind": "FelixConfiguration", "spec": {"bpfEnabled": true, "bpfLog|"}}';
  assert.equal(await take(key, 'bpfLogLevel'), key.replace('"bpfLog|"', '"bpfLogLevel": $0'));
});

test('offers the names of variables and of the cluster’s nodes', async () => {
  const env = 'spec:\n  containers:\n    - name: calico-node\n      env:\n        - name: FELIX_|\n';
  assert.ok((await labels(env)).includes('FELIX_BPFENABLED'));
  const cluster = {
    name: 'shop',
    calicoVersion: undefined,
    nodes: [{ name: 'a', interfaces: [], labels: {}, environment: {}, mapEntries: {} }],
    configurations: [],
  };
  const text = 'apiVersion: projectcalico.org/v3\nkind: FelixConfiguration\nmetadata:\n  name: |\n';
  assert.deepEqual(await labels(text, { cluster }), ['default', 'node.a']);
});

test('says a line of each key to clients that ask for no more', async () => {
  const list = await complete(`${head}  |\n`);
  const item = list.find(({ label }) => label === 'bpfEnabled');
  assert.equal(item?.documentation, 'Switches a node to the eBPF dataplane.');
});

test('explains an item when it is looked at', async () => {
  const client = await startServer();
  const item = { label: 'bpfEnabled', data: 'bpfEnabled' };
  const { documentation } = await client.request<CompletionItem>('completionItem/resolve', item);
  assert.ok(typeof documentation === 'object');
  assert.match(documentation.value, /^\*\*bpfEnabled\*\*/);
  await client.stop();
});

test('stays quiet in comments, on other YAML, and when a space only indents', async () => {
  assert.deepEqual(await labels(`${head}  # bpf|\n`), []);
  assert.deepEqual(await labels('kind: Pod\nspec:\n  |\n'), []);
  assert.deepEqual(await labels(`${head}  |\n`, {}, ' '), []);
  assert.equal((await labels(`${head}  bpfLogLevel: |\n`, {}, ' ')).length, 3);
});

test('goes on from a key to its values where the client can', async () => {
  const barred = `${head}  bpfLo|\n`;
  const commandOf = async (options: ClientOptions) =>
    (await complete(barred, options)).find(({ label }) => label === 'bpfLogLevel')?.command?.command;
  assert.equal(await commandOf({ suggestCommand: 'suggest' }), 'suggest');
  assert.equal(await commandOf({}), undefined);
});

test('offers keys behind a bracket that was not closed', async () => {
  assert.ok(
    (await labels(`${head}  externalNodesList: [10.0.0.0/8\n  bpfEnabled: true\n  bpf|\n`)).includes(
      'bpfLogLevel',
    ),
  );
  assert.ok((await labels(`${head}  bpfConntrackTimeouts: {\n    udp|\n  }\n`)).includes('udpTimeout'));
});
