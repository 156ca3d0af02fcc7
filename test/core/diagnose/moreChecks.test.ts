import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Finding } from '../../../src/core/diagnose/finding.ts';
import type { KubernetesObject } from '../../../src/core/objects/object.ts';
import { spell } from './expected.ts';
import { change, type Edits } from '../../support/edited.ts';
import { findingsOf } from './recorded.ts';

async function serious(check: string, edits: Edits = {}): Promise<readonly string[]> {
  const found: readonly Finding[] = await findingsOf(check, edits);
  return found.filter(({ severity }) => severity !== 'information').map(spell);
}

async function firstTitle(check: string, edits: Edits): Promise<string> {
  return (await findingsOf(check, edits))[0]?.title ?? '';
}

function configMap(name: string, namespace: string, data: Record<string, string>): KubernetesObject {
  return { metadata: { name, namespace }, data };
}

/** The list of ConfigMaps with that of the API server's address in it. */
function endpoint(host: string, port = '6443'): Edits {
  const data = { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port };
  return {
    objects: {
      configmaps: (list) => [...list, configMap('kubernetes-services-endpoint', 'tigera-operator', data)],
    },
  };
}

test('tells which address of the API server cannot work', async () => {
  assert.deepEqual(await serious('api-server', endpoint('172.18.0.1')), []);
  assert.match(
    await firstTitle('api-server', endpoint('10.96.0.1')),
    /is the service address of the API server itself/,
  );
  assert.match(
    await firstTitle('api-server', endpoint('10.96.0.10')),
    /is the address of Service kube-system\/kube-dns/,
  );
  assert.match(
    await firstTitle('api-server', endpoint('kubernetes.default.svc')),
    /only the DNS of the cluster knows/,
  );
  assert.deepEqual(await serious('api-server', endpoint('api.shop.example.com')), []);
  assert.match(
    await firstTitle('api-server', endpoint('172.18.0.1', '443')),
    /not at port 443: it listens at 6443/,
  );
});

test('misses the address of the API server only where the list of ConfigMaps is whole', async () => {
  const whole = (): Edits => ({
    objects: { configmaps: (list) => [...list, configMap('kube-root-ca.crt', 'calico-system', {})] },
  });
  assert.deepEqual(await serious('api-server', whole()), ['warning key KUBERNETES_SERVICE_HOST on ']);
  assert.deepEqual(await serious('api-server'), []);
});

test('does not take the ConfigMap and bpfNetworkBootstrap together', async () => {
  const installation = {
    metadata: { name: 'default' },
    spec: { calicoNetwork: { bpfNetworkBootstrap: 'Enabled' } },
  };
  const bootstrap = { 'installations.operator.tigera.io': () => [installation] };
  assert.deepEqual(await serious('api-server', { objects: bootstrap }), []);
  const { objects } = endpoint('172.18.0.1');
  assert.deepEqual(await serious('api-server', { objects: { ...objects, ...bootstrap } }), [
    'error key bpfNetworkBootstrap on ',
  ]);
});

test('finds the API server’s service without a backend', async () => {
  const edit = (text: string) =>
    text.replaceAll(/^(10\.96\.0\.1 port 443 .*) count 1 local 0\n\t.*\n/gm, '$1 count 0 local 0\n');
  assert.deepEqual(await serious('api-server', { probes: { 'node-b/nat.dump': edit } }), [
    'error service default/kubernetes on node-b',
  ]);
});

test('tells a Felix that cannot reach its API server from one that could not for a while', async () => {
  const lost = `2026-11-21 05:00:00.000 [ERROR][1] felix/watchercache.go 1: Failed to list error=Get "https://10.96.0.1:443/api/v1/nodes": dial tcp 10.96.0.1:443: connect: connection refused\n`;
  const found = { probes: { 'node-c/felix.log': (text: string) => text + lost.repeat(5) } };
  assert.deepEqual(await serious('api-server', found), ['error node node-c on node-c']);
  assert.match(
    await firstTitle('api-server', found),
    /It uses the service address, which needs Felix itself/,
  );
  const well =
    '2026-11-21 05:00:09.000 [INFO][1] felix/summary.go 100: Summarising 4 dataplane reconciliation loops\n';
  const back = { probes: { 'node-c/felix.log': (text: string) => text + lost.repeat(5) + well.repeat(30) } };
  assert.deepEqual(await serious('api-server', back), []);
});

test('finds a UDP client that is stuck at a service address, and not one that has long stopped', async () => {
  const stuck = (idle: string) => ({
    probes: {
      'node-a/conntrack.dump': (text: string) =>
        `${text}UDP 10.244.174.131:5353 -> 10.96.0.10:53  Active ago ${idle}\n`,
    },
  });
  assert.deepEqual(await serious('conntrack', stuck('1.5s')), [
    'error service kube-system/kube-dns on node-a',
  ]);
  assert.deepEqual(await serious('conntrack', stuck('55s')), []);
  const [finding] = await findingsOf('conntrack', stuck('1.5s'));
  assert.ok(
    finding?.fix.commands.includes('calico-node -bpf conntrack remove udp 10.244.174.131 5353 10.96.0.10 53'),
  );
});

test('finds a pile of unanswered connections to a pod; outside it is for information', async () => {
  const unanswered = (destination: string, count: number) => ({
    probes: {
      'node-a/conntrack.dump': (text: string) =>
        text +
        Array.from(
          { length: count },
          (_, at) => `TCP 10.244.174.131:${20_000 + at} -> ${destination}  Active ago 8s SYN-SENT\n`,
        ).join(''),
    },
  });
  assert.deepEqual(await serious('conntrack', unanswered('10.244.218.66:8080', 25)), [
    'warning pod shop/catalog-5c8d6f9b7b-p4r6s on node-b',
  ]);
  assert.deepEqual(await serious('conntrack', unanswered('10.244.218.66:8080', 6)), []);
  assert.deepEqual(await serious('conntrack', unanswered('192.0.2.77:443', 25)), []);
});

test('tells of each of a few addresses that pods left, and of many once', async () => {
  const gone = (count: number) => ({
    probes: {
      'node-a/conntrack.dump': (text: string) =>
        text +
        Array.from(
          { length: count },
          (_, at) => `TCP 10.244.174.131:20000 -> 10.244.218.99:8${100 + at}  Active ago 8s ESTABLISHED\n`,
        ).join(''),
    },
  });
  const warning = 'warning node node-a on node-a';
  assert.deepEqual(await serious('conntrack', gone(3)), [warning, warning, warning]);
  assert.deepEqual(await serious('conntrack', gone(300)), [warning]);
  const [finding] = await findingsOf('conntrack', gone(300));
  assert.match(finding?.title ?? '', /to more than 10 addresses .* such as 10\.244\.218\.99 port 8100, /);
});

/** Another size for a BPF map. */
function sized(map: string, size: number): Edits {
  const edit = (text: string) =>
    JSON.stringify(
      (JSON.parse(text) as { name?: string; max_entries?: number }[]).map((each) =>
        each.name === map ? { ...each, max_entries: size } : each,
      ),
    );
  return { probes: { 'node-a/bpftool.map': edit } };
}

test('finds a map that is full or nearly so', async () => {
  assert.deepEqual(await serious('map-fullness', sized('cali_v4_routes', 13)), [
    'error key bpfMapSizeRoute on node-a',
  ]);
  assert.deepEqual(await serious('map-fullness', sized('cali_v4_routes', 14)), [
    'warning key bpfMapSizeRoute on node-a',
  ]);
  assert.deepEqual(await serious('map-fullness', sized('cali_v4_routes', 20)), []);
});

test('finds conntrack nearly full, and says what a full one does', async () => {
  const found = await findingsOf('conntrack', sized('cali_v4_ct4', 60));
  assert.match(found[0]?.title ?? '', /Conntrack on node-a is \d+ % full/);
});

/** Another MTU for some interfaces. */
function mtu(node: string, sizes: Readonly<Record<string, number>>): Edits {
  const edit = (text: string) =>
    JSON.stringify(
      (JSON.parse(text) as { ifname: string; mtu: number }[]).map((link) => ({
        ...link,
        mtu: sizes[link.ifname] ?? link.mtu,
      })),
    );
  return { probes: { [`${node}/ip.link`]: edit } };
}

test('finds pods that may send more than the tunnel takes', async () => {
  assert.deepEqual(await serious('mtu', mtu('node-a', { cali8cb945225b4: 1500 })), [
    'error interface cali8cb945225b4 on node-a',
  ]);
  assert.deepEqual(await serious('mtu', mtu('node-a', { cali8cb945225b4: 1400 })), []);
});

test('warns of vmxnet3 with VXLAN on port 4789, unless the offload is off', async () => {
  const vsphere: Edits['objects'] = {
    nodes: change('node-a', ({ spec }) => (spec['providerID'] = 'vsphere://4230-x')),
  };
  assert.deepEqual(await serious('mtu', { objects: vsphere }), ['warning key vxlanPort on node-a']);
  const off = (text: string) =>
    text.replaceAll(
      '"BPFLogLevel":"Debug"',
      '"BPFLogLevel":"Debug", "FeatureDetectOverride":"ChecksumOffloadBroken=true"',
    );
  assert.deepEqual(await serious('mtu', { objects: vsphere, probes: { 'node-a/felix.log': off } }), []);
  assert.deepEqual(
    await serious('mtu', {
      objects: vsphere,
      probes: { 'node-a/drivers': () => '/sys/class/net/eth0/device/driver ../ena\n' },
    }),
    [],
  );
});

/** A number in the table of an interface. */
function dropped(name: string, row: string, packets: number): Edits {
  const edit = (text: string) => {
    const end = text.indexOf(`dumped ${name} counters.`);
    const start = text.lastIndexOf('CATEGORY', end);
    const table = text
      .slice(start, end)
      .replace(new RegExp(`(\\| ${row} *\\| *)\\S+( *\\|)`), `$1${packets}$2`);
    return text.slice(0, start) + table + text.slice(end);
  };
  return { probes: { 'node-b/counters.dump': edit } };
}

test('tells drops by their reason once they are more than chance', async () => {
  assert.deepEqual(await serious('drops', dropped('eth0', 'packets with unknown route', 250)), [
    'warning interface eth0 on node-b',
  ]);
  assert.deepEqual(await serious('drops', dropped('eth0', 'packets with unknown route', 3)), []);
  assert.deepEqual(await serious('drops', dropped('eth0', 'failed to create conntrack', 9)), [
    'error interface eth0 on node-b',
  ]);
  const [wrapped] = await findingsOf('drops', dropped('eth0', 'VXLAN encap when host IP', 9));
  assert.match(wrapped?.evidence[0]?.value ?? '', /VXLAN encap when host IP +\| +9 /);
});

test('leaves fragments to the check of sizes', async () => {
  assert.deepEqual(await serious('mtu', dropped('eth0', 'fragments not supported', 40)), [
    'warning interface eth0 on node-b',
  ]);
  assert.deepEqual(await serious('drops', dropped('eth0', 'fragments not supported', 40)), []);
});

test('finds a tunnel device that is down', async () => {
  const edit = (text: string) =>
    JSON.stringify(
      (JSON.parse(text) as { ifname: string }[]).filter(({ ifname }) => ifname !== 'vxlan.calico'),
    );
  assert.deepEqual(await serious('overlay', { probes: { 'node-c/ip.link': edit } }), [
    'error interface vxlan.calico on node-c',
  ]);
});

test('finds calico-node pods that are not ready, restart, or are not there', async () => {
  const edit = (
    change: (pod: {
      metadata: { name: string; labels?: object };
      status: Record<string, unknown>;
    }) => boolean,
  ): Edits => ({
    objects: {
      pods: (pods) =>
        pods.flatMap((pod) => {
          const copy = structuredClone(pod) as never as Parameters<typeof change>[0] & KubernetesObject;
          return copy.metadata.name === 'calico-node-m3zt8' && !change(copy) ? [] : copy;
        }),
    },
  });
  const container = (state: object) => ({ name: 'calico-node', ready: false, restartCount: 9, ...state });
  const crashing = edit(({ status }) => {
    status['conditions'] = [{ type: 'Ready', status: 'False' }];
    status['containerStatuses'] = [
      container({
        state: { waiting: { reason: 'CrashLoopBackOff' } },
        lastState: { terminated: { exitCode: 137, reason: 'OOMKilled' } },
      }),
    ];
    return true;
  });
  assert.deepEqual(await serious('felix-health', crashing), ['error node node-c on node-c']);
  assert.match(await firstTitle('felix-health', crashing), /CrashLoopBackOff.*OOMKilled/);
  assert.match(
    await firstTitle(
      'felix-health',
      edit(() => false),
    ),
    /No calico-node pod runs on node-c/,
  );
  const longAgo = edit(({ status }) => {
    status['containerStatuses'] = [
      container({
        ready: true,
        lastState: { terminated: { exitCode: 129, finishedAt: '2026-01-01T00:00:00Z' } },
      }),
    ];
    return true;
  });
  assert.deepEqual(await serious('felix-health', longAgo), []);
});

test('finds a Felix that has stopped following Kubernetes by two signs, and not by one', async () => {
  const newPod = {
    metadata: { name: 'late', namespace: 'shop', labels: {} },
    spec: { nodeName: 'node-a' },
    status: { phase: 'Running', podIP: '10.244.174.140', podIPs: [{ ip: '10.244.174.140' }] },
  };
  const added: Edits['objects'] = { pods: (pods) => [...pods, newPod] };
  assert.deepEqual(await serious('felix-health', { objects: added }), []);
  const replaced: Edits['objects'] = {
    pods: (pods) => [...pods.filter(({ metadata }) => metadata.name !== 'cart-6f5b9c7d4c-m8t2l'), newPod],
  };
  assert.deepEqual(await serious('felix-health', { objects: replaced }), ['error node node-a on node-a']);
});

test('knows faults by their words in the log of this start', async () => {
  const line =
    "2026-11-21 05:00:00.000 [WARNING][1] felix/bpf_ep_mgr.go 1: Master interface 'bond0' ignored. Add it to the bpfDataIfacePattern config\n";
  assert.deepEqual(await serious('felix-health', { probes: { 'node-a/felix.log': (text) => text + line } }), [
    'warning interface bond0 on node-a',
  ]);
  assert.deepEqual(
    await serious('felix-health', { probes: { 'node-a/felix.log': (text) => line + text } }),
    [],
  );
});

test('tells versions that differ, and an update that is under way', async () => {
  const old = change(
    'calico-node-m3zt8',
    ({ spec }) => (spec['containers'] = [{ name: 'calico-node', image: 'calico/node:v3.31.4', env: [] }]),
  );
  assert.deepEqual(await serious('felix-health', { objects: { pods: old } }), [
    'warning node node-c on node-c',
  ]);
  const rolling = change('calico-node', ({ status }) =>
    Object.assign(status, { updatedNumberScheduled: 2, desiredNumberScheduled: 3 }),
  );
  assert.deepEqual(await serious('felix-health', { objects: { pods: old, 'daemonsets.apps': rolling } }), []);
});
