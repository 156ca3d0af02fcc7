import assert from 'node:assert/strict';
import { test } from 'node:test';
import { actionsOn, apply, fixed } from '../actions.ts';
import { checkDiagnostics } from '../marked.ts';

const head = `apiVersion: operator.tigera.io/v1
kind: Installation
metadata: {name: default}
`;

test('checks what of the operator’s Installation decides about eBPF', () =>
  checkDiagnostics(`apiVersion: operator.tigera.io/v1
kind: Installation
metadata: {name: default}
spec:
  calicoNetwork:
    linuxDataplane: bpf
                    ^^^ error enum-case
    kubeProxyManagement: Enabled
    ^^^^^^^^^^^^^^^^^^^ warning no-effect
`));

test('says where a field belongs that stands in the spec itself', () =>
  checkDiagnostics(`${head}spec:
  linuxDataplane: BPF
  ^^^^^^^^^^^^^^ error unknown-key
  variant: Calico
`));

test('moves a field to where it belongs', async () => {
  assert.equal(
    await fixed(`${head}spec:\n  calicoNetwork:\n    bgp: Disabled\n  linuxDataplane: BPF # fast\n`),
    `${head}spec:\n  calicoNetwork:\n    bgp: Disabled\n    linuxDataplane: BPF\n`,
  );
  assert.equal(
    await fixed(`${head}spec:\n  linuxDataplane: BPF\n  variant: Calico\n`),
    `${head}spec:\n  calicoNetwork:\n    linuxDataplane: BPF\n  variant: Calico\n`,
  );
  const json = (spec: string) =>
    `{"apiVersion": "operator.tigera.io/v1", "kind": "Installation", "spec": ${spec}}`;
  assert.equal(
    await fixed(json('{"hostPorts": "Disabled", "calicoNetwork": {"linuxDataplane": "BPF"}}')),
    json('{"calicoNetwork": {"linuxDataplane": "BPF", "hostPorts": "Disabled"}}'),
  );
  assert.equal(
    await fixed(json('{"linuxDataplane": "BPF"}')),
    json('{"calicoNetwork": {"linuxDataplane": "BPF"}}'),
  );
});

test('moves several fields to the same place', async () => {
  const text = `${head}spec:\n  linuxDataplane: BPF\n  hostPorts: Disabled\n`;
  const [all] = await actionsOn(text, ['source.fixAll']);
  assert.ok(all);
  assert.equal(
    apply(text, all),
    `${head}spec:\n  calicoNetwork:\n    linuxDataplane: BPF\n    hostPorts: Disabled\n`,
  );
});

test('leaves to the user a field that is there twice', async () => {
  const text = `${head}spec:\n  linuxDataplane: BPF\n  calicoNetwork: {linuxDataplane: Iptables}\n`;
  assert.deepEqual(await actionsOn(text), []);
});
