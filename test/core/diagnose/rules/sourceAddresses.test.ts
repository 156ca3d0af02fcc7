/** Who asks about a Service is told on which paths its pods see the address of the client, and nobody else is. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DiagnoseOptions } from '../../../../src/session/diagnose.ts';
import { checks } from '../../../../src/core/diagnose/checks.ts';
import type { Asked } from '../../../../src/core/diagnose/asked.ts';
import { sourceAddresses } from '../../../../src/core/diagnose/rules/sourceAddresses.ts';
import { change, type Edits } from '../../../support/edited.ts';
import { configured } from '../../../support/healthy/healthy.ts';
import { diagnoseRecording } from '../recorded.ts';

async function told(
  asked: Asked,
  edits: Edits = {},
  recording = 'v3.32.1-healthy',
): Promise<readonly string[]> {
  const options: DiagnoseOptions = { checks: [sourceAddresses(asked)] };
  const { findings } = await diagnoseRecording(recording, edits, options);
  assert.ok(findings.every(({ severity, evidence }) => severity === 'information' && evidence.length > 0));
  return findings.map(({ title }) => title);
}

const service = (name: string): Asked => ({ kind: 'service', namespace: 'shop', name });

async function checkPath(asked: Asked, words: RegExp, edits?: Edits, recording?: string): Promise<void> {
  const titles = await told(asked, edits, recording);
  assert.ok(
    titles.some((title) => words.test(title)),
    titles.join('\n'),
  );
}

test('pods keep their address on the way to pods, on the same node and on others', async () => {
  await checkPath(
    service('cart'),
    /^From pods on the node of the backend to shop\/cart: the address is kept/,
  );
  await checkPath(service('cart'), /^From pods on other nodes to shop\/cart: the address is kept/);
});

test('pods lose their address on the way to endpoints outside of the pools', async () => {
  await checkPath(
    { kind: 'service', namespace: 'default', name: 'kubernetes' },
    /outside of the IP pools .* the address is lost, since natOutgoing of default-ipv4-ippool/,
  );
});

test('processes of hosts have the address of the tunnel where there is one', async () => {
  await checkPath(service('cart'), /^From processes of hosts to shop\/cart: .* tunnel device/);
});

test('clients from outside keep their address, whichever node they come by', async () => {
  await checkPath(service('frontend'), /^From outside by a node with a pod of it .* the address is kept/);
  await checkPath(service('frontend'), /\(Tunnel\) .* node-a, node-b and node-c hand the packet on/);
});

test('with direct server return the node of the pod answers by itself', async () => {
  const dsr = configured({ bpfExternalServiceMode: 'DSR' }, { BPFExternalServiceMode: 'DSR' });
  await checkPath(service('frontend'), /\(DSR\) .* answers the client itself/, dsr);
  assert.ok(!(await told(service('frontend'), dsr)).some((title) => title.includes('(Tunnel)')));
});

test('clients that opt out of direct server return are told', async () => {
  const dsr = configured(
    { bpfExternalServiceMode: 'DSR', bpfDSROptoutCIDRs: ['198.51.100.0/24'] },
    { BPFExternalServiceMode: 'DSR', BPFDSROptoutCIDRs: '198.51.100.0/24' },
  );
  await checkPath(
    service('frontend'),
    /\(DSR\) .*; clients in 198\.51\.100\.0\/24 .* keep their addresses/,
    dsr,
  );
});

test('pods keep their address by a NodePort, too', async () => {
  await checkPath(service('frontend'), /^From pods by a NodePort to shop\/frontend: the address is kept/);
  assert.ok(!(await told(service('cart'))).some((title) => title.includes('NodePort')));
});

test('a pod sees itself as its node where it is not balanced when it connects', async () => {
  await checkPath(service('cart'), /^From a pod to itself on node-\S+ to shop\/cart: by TCP .* is kept/);
  const mode = (value: string) =>
    configured({ bpfConnectTimeLoadBalancing: value }, { BPFConnectTimeLoadBalancing: value });
  await checkPath(service('cart'), /^From a pod to itself .* the address is lost/, mode('Disabled'));
  await checkPath(service('cart'), /^From a pod to itself .* the address is kept/, mode('Enabled'));
});

test('with policy Local nodes without a pod do not answer', async () => {
  await checkPath(
    service('web-local'),
    /by another node to shop\/web-local: there is no answer: .* node-a and node-b/,
  );
});

test('a node without eBPF replaces the address', async () => {
  await checkPath(
    service('frontend'),
    /without eBPF .* the address is lost: kube-proxy on node-c/,
    {},
    'v3.32.1-node-bpf-off',
  );
});

test('a load balancer that is a proxy replaces the address, and one that passes packets on does not', async () => {
  await checkPath(service('web'), /^By the load balancer 192\.0\.2\.20 .* the address is kept/);
  const proxy: Edits = {
    objects: {
      services: change('web', (web) => {
        web.status = {
          loadBalancer: { ingress: [{ ip: '192.0.2.20', ipMode: 'Proxy' }, { hostname: 'lb.example.com' }] },
        };
      }),
    },
  };
  await checkPath(
    service('web'),
    /^By the load balancer 192\.0\.2\.20 .* the address is lost: it is a proxy/,
    proxy,
  );
  await checkPath(service('web'), /^By the load balancer lb\.example\.com .* for the balancer to say/, proxy);
});

test('of a pod all services are told that it answers for', async () => {
  const titles = await told({ kind: 'pod', namespace: 'shop', name: 'frontend-7d9c6b8f5-x2k4q' });
  for (const name of ['frontend', 'web', 'web-local'])
    assert.ok(
      titles.some((title) => title.includes(` to shop/${name}: `)),
      name,
    );
  assert.ok(!titles.some((title) => title.includes('shop/cart')));
});

test('nothing is told of a service that is not there, nor to who has not asked', async () => {
  assert.deepEqual(await told(service('nothing')), []);
  assert.ok(checks.every(({ id }) => id !== 'source-addresses'));
});
