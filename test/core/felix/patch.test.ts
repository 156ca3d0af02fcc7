import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { judgePatch } from '../../../src/core/felix/patch.ts';
import type { FelixFinding } from '../../../src/core/felix/findings.ts';
import { versionOf } from './check.ts';
import { readYaml } from './yaml.ts';

function judge(text: string, name?: string): readonly FelixFinding[] {
  const operations = readYaml(text);
  assert.ok(operations?.kind === 'list', text);
  return judgePatch({ operations, name }, { version: versionOf('v3.32.1') });
}

/** Checks what is found in a patch, each as `path code`. */
function checkPatch(text: string, expected: readonly string[], name?: string): void {
  const found = judge(text, name);
  assert.deepEqual(
    found.map(({ path, code }) => `${path.join('.')} ${code}`),
    expected,
    found.map(({ message }) => message).join('\n'),
  );
}

test('judges the value of an operation as that of the key it writes', () => {
  checkPatch('[{op: replace, path: /spec/bpfLogLevel, value: Off}]', ['0.value yaml-boolean']);
  checkPatch('[{op: add, path: /spec/bpfEnabled, value: true}]', []);
  checkPatch('[{op: add, path: /spec, value: {bpfEnabled: 1}}]', ['0.value.bpfEnabled type']);
  checkPatch('[{op: add, path: /spec/bpfDSROptoutCIDRs/-, value: 10.0.0/8}]', ['0.value unusable']);
  checkPatch('[{op: add, path: /spec/bpfConntrackTimeouts/udpTimeout, value: 60}]', ['0.value yaml-number']);
  checkPatch(
    '[{op: add, path: /metadata/annotations/config.projectcalico.org~1BPFEnabled, value: "true"}]',
    [],
  );
});

test('tells at the path that a key is unknown or not in the version, and renames it there', () => {
  const [unknown] = judge('[{op: add, path: "/spec/bpfEnabld", value: true}]');
  assert.deepEqual(unknown?.path, [0, 'path']);
  assert.deepEqual(unknown?.fix, {
    kind: 'replace',
    title: 'Rename to bpfEnabled',
    replacement: '"/spec/bpfEnabled"',
  });
  checkPatch('[{op: add, path: /spec/iptablesLockTimeout, value: 1s}]', ['0.path removed']);
  checkPatch('[{op: remove, path: /spec/iptablesLockTimeout}]', []);
  checkPatch('[{op: remove, path: /spec/bpfEnabld}]', ['0.path unknown-key']);
});

test('judges what the operations of a patch mean together', () => {
  checkPatch(
    '[{op: add, path: /spec/bpfExternalServiceMode, value: Tunnel}, {op: add, path: /spec/bpfDSROptoutCIDRs, value: [10.0.0.0/8]}]',
    ['1.path no-effect'],
  );
  checkPatch(
    '[{op: add, path: /spec/bpfLogLevel, value: Loud}, {op: replace, path: /spec/bpfLogLevel, value: Debug}]',
    [],
  );
});

test('knows what an operation of a patch has to be', () => {
  checkPatch('[{op: set, path: /spec/bpfEnabled, value: true}]', ['0.op enum']);
  checkPatch('[{op: add, path: spec/bpfEnabled, value: true}]', ['0.path format']);
  checkPatch('[{op: add, path: /spec/bpfEnabled}]', ['0.op missing-key']);
});

test('misses nothing that the object has already', () => {
  checkPatch('[{op: add, path: /spec/failsafeInboundHostPorts/0/port, value: 22}]', []);
  checkPatch('[{op: add, path: /spec/bpfConntrackTimeouts/udpTimeout, value: 60s}]', []);
  checkPatch('[{op: add, path: /spec/bpfEnabled/x, value: 1}]', ['0.path type']);
  checkPatch('[{op: add, path: /spec/bpfEnabled, value: true}]', [], 'node.worker-1');
});

test('judges any patch without a throw', () => {
  const path = fc
    .array(
      fc.constantFrom('spec', 'bpfEnabled', 'bpfLogFilters', 'failsafeInboundHostPorts', '-', '0', 'x~1', ''),
    )
    .map((steps) => steps.map((step) => `/${step}`).join(''));
  const value = fc.constantFrom('true', '{a: 1}', '[1, {b: 2}]', 'text', '{bpfEnabled: {}}');
  const operation = fc
    .tuple(fc.constantFrom('add', 'remove', 'move', 'test', 'zap'), path, value)
    .map(([op, path, value]) => `{op: ${op}, path: "${path}", value: ${value}}`);
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 5 }), (operations) => {
      judge(`[${operations.join(', ')}]`);
    }),
  );
});
