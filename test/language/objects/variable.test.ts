import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixed } from '../actions.ts';
import { checkDiagnostics } from '../marked.ts';

test('checks the variables of a container in their own syntax', () =>
  checkDiagnostics(`apiVersion: apps/v1
kind: DaemonSet
spec:
  template:
    spec:
      containers:
        - name: calico-node
          env:
            - name: FELIX_BPFENABLD
                    ^^^^^^^^^^^^^^^ warning unknown-key
              value: "true"
            - name: FELIX_BPFENABLED
              value: true
                     ^^^^ error yaml-boolean
            - name: FELIX_ROUTEREFRESHINTERVAL
              value: 90s
                     ^^^ warning unusable
            - name: FELIX_BPFLOGLEVEL
              value: "debug"
`));

test('checks annotations that stand in for keys', () =>
  checkDiagnostics(`apiVersion: projectcalico.org/v3
kind: FelixConfiguration
metadata:
  name: default
  annotations:
    config.projectcalico.org/RouteRefreshInterval: 90s
                                                   ^^^ warning unusable
spec: {}
`));

test('checks the variables that a command sets', () =>
  checkDiagnostics(`jobs:
  ebpf:
    run: |
      kubectl set env -n kube-system ds/calico-node FELIX_ROUTEREFRESHINTERVAL=90s FELIX_BPFENABLD="true"
                                                                               ^^^ warning unusable
                                                                                   ^^^^^^^^^^^^^^^ warning unknown-key
`));

test('checks the variables of a command that is a list of words', () =>
  checkDiagnostics(`containers:
  - command: [kubectl, set, env, ds/calico-node]
    args: [-c, calico-node, FELIX_BPFENABLED=true]
  - command:
      - kubectl
      - set
      - env
      - -n=calico-system
      - ds/calico-node
      - FELIX_BPFENABLED=maybe
                         ^^^^^ warning unusable
      - "--env=FELIX_ROUTEREFRESHINTERVAL=90s"
                                          ^^^ warning unusable
      - 'FELIX_BPFENABLD=true'
         ^^^^^^^^^^^^^^^ warning unknown-key
      - FELIX_BPFLOGLEVEL=$(LEVEL)
      - FELIX_BPFLOGFILTERS-
`));

test('corrects a word of a command without quotes that would end up in its value', async () => {
  const command = (text: string) => `args: [kubectl, set, env, ds/calico-node, "${text}"]\n`;
  assert.equal(await fixed(command('FELIX_BPFENABLD=true')), command('FELIX_BPFENABLED=true'));
  const script = (text: string) => `run: "kubectl set env ds/calico-node ${text}"\n`;
  assert.equal(await fixed(script('FELIX_BPFLOGLEVL=debug')), script('FELIX_BPFLOGLEVEL=debug'));
});

test('finds nothing wrong in the variables that stock manifests set', () =>
  checkDiagnostics(`apiVersion: apps/v1
kind: DaemonSet
metadata: {name: calico-node, namespace: kube-system}
spec:
  template:
    spec:
      containers:
        - name: calico-node
          env:
            - name: FELIX_IPINIPMTU
              valueFrom: {configMapKeyRef: {name: calico-config, key: veth_mtu}}
            - {name: FELIX_DEFAULTENDPOINTTOHOSTACTION, value: "ACCEPT"}
            - {name: FELIX_IPV6SUPPORT, value: "false"}
            - {name: FELIX_HEALTHENABLED, value: "true"}
            - {name: FELIX_BPFENABLED, value: "true"}
            - {name: FELIX_TYPHAK8SSERVICENAME, value: calico-typha}
            - {name: FELIX_VXLANMTU, value: $(MTU)}
`));

test('says once what is wrong with an annotation', () =>
  checkDiagnostics(`apiVersion: projectcalico.org/v3
kind: FelixConfiguration
metadata:
  name: default
  annotations:
    config.projectcalico.org/BPFLogLvel: Debug
    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning unknown-key
    config.projectcalico.org/BPFEnabled: true
                                         ^^^^ error type
spec: {}
`));
