import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startServer } from './harness.ts';
import { checkDiagnostics } from './marked.ts';

const head = `apiVersion: projectcalico.org/v3
kind: FelixConfiguration
metadata:
  name: default
`;

test('marks keys and values that the API server refuses, at their place', () =>
  checkDiagnostics(`${head}spec:
  bpfEnabled: "true"
              ^^^^^^ error type
  bpfLogLvel: Debug
  ^^^^^^^^^^ error unknown-key
  bpfLogLevel: Off
               ^^^ error yaml-boolean
  routeRefreshInterval: 90
                        ^^ error yaml-number
  bpfConntrackTimeouts: {tcp: 10s}
                         ^^^ error unknown-key
`));

test('marks the second of two equal keys', () =>
  checkDiagnostics(`${head}spec:
  bpfEnabled: true
  bpfEnabled: false
  ^^^^^^^^^^ error duplicate-key
`));

test('says nothing about a sound configuration', () =>
  checkDiagnostics(`${head}spec:
  bpfEnabled: true
  bpfLogLevel: "Off"
  bpfDataIfacePattern: ^(en.*|eth.*)
`));

test('checks each document of a file and each item of a list', () =>
  checkDiagnostics(`kind: Other
spec: {bpfEnabled: nonsense}
---
${head}spec:
  bpfEnabled: 1
              ^ error type
---
apiVersion: v1
kind: List
items:
  - kind: Pod
    spec: {bpfEnabled: nonsense}
  - apiVersion: crd.projectcalico.org/v1
    kind: FelixConfiguration
    metadata: {name: default}
    spec:
      bpfEnabled: 1
                  ^ error type
`));

test('checks JSON', () =>
  checkDiagnostics(
    `{
  "apiVersion": "projectcalico.org/v3", "kind": "FelixConfiguration",
  "metadata": {"name": "default"},
  "spec": {"bpfEnabled": "yes", "bpfLogLevel": "Off"}
                         ^^^^^ error type
}
`,
  ));

test('checks the rest of a broken document', () =>
  checkDiagnostics(`${head}spec:
  bpfEnabled: 1
              ^ error type
  externalNodesList: [10.0.0.0/8
  bpfLogLevel: Loud
  ^ error yaml
               ^^^^ error enum
`));

test('leaves the templated parts of a chart alone', () =>
  checkDiagnostics(`{{- if .Values.ebpf }}
${head}spec:
  bpfEnabled: {{ .Values.ebpf.enabled }}
  bpfLogLevel: "{{ .Values.level }}"
  {{- with .Values.extra }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
  bpfExternalServiceMode: Sideways
                          ^^^^^^^^ error enum
{{- end }}
`));

test('takes an alias and a merge key for what they stand for', () =>
  checkDiagnostics(`${head}spec:
  bpfEnabled: &on true
  bpfDisableUnprivileged: *on
  bpfExternalServiceMode: &mode Sideways
                                ^^^^^^^^ error enum
  bpfConntrackTimeouts: *mode
                        ^^^^^ error type
`));

test('says of a merge key that it has nothing to merge', () =>
  checkDiagnostics(`${head}spec:
  <<: nothing
  ^^ error yaml
  bpfEnabled: 1
              ^ error type
`));

test('misses nothing in a patch that names only what it changes', () =>
  checkDiagnostics(
    `apiVersion: projectcalico.org/v3
kind: FelixConfiguration
metadata:
  name: default
spec:
  bpfLogLevel: Loud
               ^^^^ error enum
`,
    {},
    'file:///overlays/felix-patch.yaml',
  ));

test('checks the address of the API server', () =>
  checkDiagnostics(`apiVersion: v1
kind: ConfigMap
metadata:
  name: kubernetes-services-endpoint
  namespace: calico-system
             ^^^^^^^^^^^^^ warning name
data:
  KUBERNETES_SERVICE_HOST: https://10.0.0.1
                           ^^^^^^^^^^^^^^^^ error format
  KUBERNETES_SERVICE_PORT: 6443
                           ^^^^ error yaml-number
`));

test('judges by the version of the setting, else of the cluster, else the newest', async () => {
  const text = `${head}spec:\n  bpfAttachType: TC\n`;
  const cluster = { name: 'shop', calicoVersion: 'v3.30.0', nodes: [], configurations: [] };
  for (const [options, version, codes] of [
    [{}, 'v3.32.1', []],
    [{ cluster }, 'v3.30.0', ['not-yet']],
    [{ cluster, calicoVersion: 'v3.31' }, 'v3.31', []],
  ] as const) {
    const client = await startServer(options);
    const found = await client.open(text);
    assert.equal(client.versions.at(-1)?.version, version);
    assert.deepEqual(
      found.map(({ code }) => code),
      codes,
    );
    await client.stop();
  }
});

test('links each diagnostic to the documentation of its key', async () => {
  const client = await startServer();
  const [found] = await client.open(`${head}spec:\n  bpfEnabled: 1\n`);
  assert.match(found?.codeDescription?.href ?? '', /felixconfig#bpfEnabled$/);
  await client.stop();
});

test('leaves broken YAML and duplicates to another YAML server that is there', () =>
  checkDiagnostics(
    `${head}spec:
  bpfEnabled: true
  bpfEnabled: 1
              ^ error type
  externalNodesList: [
`,
    { besideYamlServer: true },
  ));

test('takes back what it said when the document is closed', async () => {
  const client = await startServer();
  await client.open(`${head}spec:\n  bpfEnabled: 1\n`);
  assert.deepEqual(await client.close(), []);
  await client.stop();
});

test('checks a patch inside a kustomization', () =>
  checkDiagnostics(`kind: Kustomization
patches:
  - target: {kind: FelixConfiguration}
    patch: |-
      apiVersion: projectcalico.org/v3
      kind: FelixConfiguration
      metadata: {name: default}
      spec:
        bpfEnabled: 1
                    ^ error type

  - path: other.yaml
`));

test('checks the keys behind one that is not finished', () =>
  checkDiagnostics(`${head}spec:
  bpfEn
  ^^^^^ error yaml
  bpfEnabled: 1
              ^ error type
  bpfLogLvel: Debug
  ^^^^^^^^^^ error unknown-key
`));

test('says of an alias that there is no such anchor', () =>
  checkDiagnostics(`${head}spec:
  bpfEnabled: *on
              ^^^ error yaml
`));

test('knows the nodes of the open cluster', () =>
  checkDiagnostics(
    `apiVersion: projectcalico.org/v3
kind: FelixConfiguration
metadata:
  name: node.nowhere
        ^^^^^^^^^^^^ warning name
spec: {bpfEnabled: true}
`,
    {
      cluster: {
        name: 'shop',
        calicoVersion: 'v3.32.1',
        nodes: [{ name: 'a', interfaces: ['eth0'], labels: {}, environment: {}, mapEntries: {} }],
        configurations: [],
      },
    },
  ));

test('tells of an apiVersion that is wrong or missing', async () => {
  await checkDiagnostics(`apiVersion: projectcalico.org/v1
            ^^^^^^^^^^^^^^^^^^^^ error enum
kind: FelixConfiguration
metadata: {name: default}
spec: {}
`);
  await checkDiagnostics(`kind: FelixConfiguration
^^^^ error missing-key
metadata: {name: default}
spec: {}
`);
  await checkDiagnostics('apiVersion: example.org/v1\nkind: FelixConfiguration\nspec: {x: 1}\n');
});

test('finds the object whose kind was forgotten by its keys', async () => {
  await checkDiagnostics(`apiVersion: projectcalico.org/v3
^^^^^^^^^^ error missing-key
metadata: {name: default}
spec:
  bpfEnabled: true
  bpfLogLevel: Loud
               ^^^^ error enum
`);
  // The keys are of several kinds, or a template may make the kind.
  const unknown = 'apiVersion: projectcalico.org/v3\nmetadata: {name: default}\nspec:\n  ';
  await checkDiagnostics(`${unknown}logSeverityScreen: 5\n`);
  await checkDiagnostics(`${unknown}bpfEnabled: 5\n  nodeMeshMaxRestartTime: 5s\n`);
  await checkDiagnostics(`{{ include "kind" . }}\n${unknown}bpfEnabled: true\n`);
});

test('takes a CRD that describes FelixConfiguration for what it is', () =>
  checkDiagnostics(`apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: felixconfigurations.crd.projectcalico.org}
spec:
  names: {kind: FelixConfiguration, plural: felixconfigurations}
  bpfEnabled: nonsense
`));

test('checks manifests that commands of a workflow hold, each document of them', () =>
  checkDiagnostics(`jobs:
  ebpf:
    steps:
      - run: |
          cat <<EOF | kubectl apply -f -
          apiVersion: projectcalico.org/v3
          kind: FelixConfiguration
          metadata: {name: default}
          spec:
            bpfEnabled: 1
                        ^ error type
          ---
          apiVersion: projectcalico.org/v3
          kind: FelixConfiguration
          metadata: {name: node.a}
          spec: {bpfLogLevel: Off}
                              ^^^ error yaml-boolean
          EOF
          echo applied: yes
`));

test('takes what a strategic-merge patch says of its merging', () =>
  checkDiagnostics(`kind: Kustomization
patchesStrategicMerge:
  - |-
    apiVersion: projectcalico.org/v3
    kind: FelixConfiguration
    metadata: {name: default}
    $patch: merge
    spec:
      $patch: replace
      $pitch: replace
      ^^^^^^ error unknown-key
`));

test('leaves a value alone that a template makes in part', () =>
  checkDiagnostics(`${head}spec:
  bpfEnabled: {{ if .Values.ebpf }}true{{ else }}false{{ end }}
  {{- if .Values.debug }}
  bpfLogLevel: Off
               ^^^ error yaml-boolean
  {{- end }}
`));

test('checks JSON with comments', () =>
  checkDiagnostics(`// the whole cluster
{"apiVersion": "projectcalico.org/v3", "kind": "FelixConfiguration", /* one */ "metadata": {"name": "default"},
 "spec": {"logPrefix": "/* none */", "bpfEnabled": "yes",}}
                       ^^^^^^^^^^^^ error format
                                                   ^^^^^ error type
`));

test('finds the object behind a kind in the wrong case', () =>
  checkDiagnostics(`apiVersion: projectcalico.org/v3
Kind: FelixConfiguration
^^^^ error unknown-key
metadata: {name: default}
spec: {bpfEnabled: 1}
                   ^ error type
`));

test('finds the object behind a kind of the wrong spelling', () =>
  checkDiagnostics(`apiVersion: projectcalico.org/v3
kind: felixconfigurations
      ^^^^^^^^^^^^^^^^^^^ error enum
metadata: {name: default}
spec: {bpfEnabled: 1}
                   ^ error type
`));
