import assert from 'node:assert/strict';
import { test } from 'node:test';
import { spell } from './expected.ts';
import { change, type Edits } from '../../support/edited.ts';
import { diagnoseRecording, findingsOf } from './recorded.ts';

const felixConfigurations = 'felixconfigurations.crd.projectcalico.org';

async function titles(check: string, edits: Edits, recording?: string): Promise<readonly string[]> {
  return (await findingsOf(check, edits, recording)).map(({ title }) => title);
}

test('tells that Felix went back to iptables, and why', async () => {
  const [finding] = await findingsOf('ebpf-state', {
    probes: {
      'node-b/felix.log': (text) =>
        `${text}\n2026-11-21 04:00:00.000 [ERROR][1] felix/daemon.go 376: BPF dataplane mode enabled but not supported by the kernel.  Disabling BPF mode. error=kernel is too old (have: 4.15.0 but want at least: 5.3.0)\n`,
    },
  });
  assert.match(finding?.title ?? '', /Felix on node-b went back to iptables .*too old/);
  assert.equal(finding?.severity, 'error');
});

test('takes a fallback of an earlier start for history', async () => {
  const fallback =
    '2026-11-20 04:00:00.000 [ERROR][1] felix/daemon.go 376: BPF dataplane mode enabled but not supported by the kernel.  Disabling BPF mode. error=x\n';
  assert.deepEqual(
    await findingsOf('ebpf-state', { probes: { 'node-b/felix.log': (text) => fallback + text } }),
    [],
  );
});

test('asks for bpffs, and for cgroup2 only where connect-time load balancing wants it', async () => {
  const without = (type: string) => ({
    probes: {
      'node-a/mounts': (text: string) => text.replaceAll(new RegExp(`^.* type ${type} .*\n`, 'gm'), ''),
    },
  });
  assert.match(
    (await titles('ebpf-state', without('bpf')))[0] ?? '',
    /\/sys\/fs\/bpf is no bpf mount on node-a/,
  );
  assert.match((await titles('ebpf-state', without('cgroup2')))[0] ?? '', /\/run\/calico\/cgroup/);
  const disabled = {
    ...without('cgroup2').probes,
    'node-a/bpftool.cgroup': () => '',
    'node-a/felix.log': (text: string) =>
      text.replaceAll(
        '"BPFLogLevel":"Debug"',
        '"BPFLogLevel":"Debug", "BPFConnectTimeLoadBalancing":"Disabled"',
      ),
  };
  assert.deepEqual(await titles('ebpf-state', { probes: disabled }), []);
});

test('tells of an interface that Felix could not program, until it could', async () => {
  const failure =
    '2026-11-21 04:00:00.000 [WARNING][1] felix/bpf_ep_mgr.go 1500: Failed to apply policy to interface, will retry error=loading program: argument list too long\n0: R1=ctx() R10=fp0\n iface="eth0"\n';
  const success =
    '2026-11-21 04:00:01.000 [INFO][1] felix/bpf_ep_mgr.go 2289: Applied program to host interface id="eth0"\n';
  const [found] = await findingsOf('ebpf-state', {
    probes: { 'node-c/felix.log': (text) => text + failure },
  });
  assert.equal(found && spell(found), 'error interface eth0 on node-c');
  assert.deepEqual(
    await findingsOf('ebpf-state', { probes: { 'node-c/felix.log': (text) => text + failure + success } }),
    [],
  );
});

test('finds a kube-proxy that runs beside eBPF, and says who fights', async () => {
  const proxy = {
    metadata: { name: 'kube-proxy-x', namespace: 'kube-system', labels: { 'k8s-app': 'kube-proxy' } },
    spec: { nodeName: 'node-a' },
    status: { phase: 'Running' },
  };
  const running = await findingsOf('kube-proxy', { objects: { pods: (pods) => [...pods, proxy] } });
  assert.deepEqual(running.map(spell), ['error node node-a on node-a']);
  const ended = { ...proxy, status: { phase: 'Succeeded' } };
  assert.deepEqual(await findingsOf('kube-proxy', { objects: { pods: (pods) => [...pods, ended] } }), []);
});

test('leaves the chains of kubelet alone', async () => {
  const kubelet = ':KUBE-FIREWALL - [0:0]\n:KUBE-KUBELET-CANARY - [0:0]\n:KUBE-MARK-MASQ - [0:0]\n';
  const edits = { probes: { 'node-a/iptables.save': (text: string) => text + kubelet } };
  assert.deepEqual(await findingsOf('kube-proxy', edits), []);
  const service = ':KUBE-SVC-ERIFXISQEP7F7OF4 - [0:0]\n';
  const left = { probes: { 'node-a/iptables.save': (text: string) => text + service } };
  assert.match((await titles('kube-proxy', left))[0] ?? '', /Felix does not remove them/);
});

test('finds kube-ipvs0', async () => {
  const link = {
    ifindex: 90,
    ifname: 'kube-ipvs0',
    mtu: 1500,
    flags: ['NOARP'],
    linkinfo: { info_kind: 'dummy' },
  };
  const edits = {
    probes: {
      'node-b/ip.link': (text: string) => JSON.stringify([...(JSON.parse(text) as unknown[]), link]),
    },
  };
  assert.deepEqual((await findingsOf('kube-proxy', edits)).map(spell), [
    'warning interface kube-ipvs0 on node-b',
  ]);
});

test('finds a service that NAT knows without backends though it has ready endpoints', async () => {
  const edits = {
    probes: {
      'node-a/nat.dump': (text: string) =>
        text.replaceAll(
          /^(10\.96\.118\.66 port 80 proto 6 id \d+) count 1 local 1\n\t.*\n/gm,
          '$1 count 0 local 0\n',
        ),
    },
  };
  const found = (await findingsOf('nat-integrity', edits)).filter(({ subject }) => subject.name === 'cart');
  assert.ok(
    found.some(
      ({ title, severity }) => severity === 'error' && title.includes('though it has a ready endpoint'),
    ),
  );
});

test('finds an id that two services share', async () => {
  const edits = {
    probes: {
      'node-a/nat.dump': (text: string) =>
        text.replaceAll(/(10\.96\.118\.66 port 80 proto 6) id \d+/g, '$1 id 5'),
    },
  };
  assert.ok(
    (await titles('nat-integrity', edits)).some((title) => title.startsWith('Two services share an id')),
  );
});

test('tells apart one service that differs and a node that lags behind', async () => {
  const drop = (addresses: readonly string[]) => ({
    probes: {
      'node-c/nat.dump': (text: string) =>
        addresses.reduce((rest, ip) => rest.replaceAll(new RegExp(`^${ip} .*\n(?:\t.*\n)*`, 'gm'), ''), text),
    },
  });
  const one = await findingsOf('nat-integrity', drop(['10.96.118.66']));
  assert.ok(one.some(({ subject }) => subject.name === 'cart'));
  const many = await findingsOf('nat-integrity', drop(['10.96.118.66', '10.96.34.17', '10.96.133.7']));
  assert.ok(many.some((finding) => spell(finding) === 'error node node-c on node-c'));
});

test('names the near miss of a selector, and only a near one', async () => {
  const select = (app: string) => ({
    objects: {
      services: change('cart', ({ spec }) => (spec['selector'] = { app })),
      'endpointslices.discovery.k8s.io': (
        slices: readonly { metadata: { labels?: Readonly<Record<string, string>> } }[],
      ) =>
        slices.filter(
          ({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] !== 'cart',
        ) as never[],
    },
    probes: {
      '*/nat.dump': (text: string) =>
        text.replaceAll(
          /^(10\.96\.118\.66 port 80 proto 6 id \d+) count 1 local \d\n\t.*\n/gm,
          '$1 count 0 local 0\n',
        ),
    },
  });
  const near = (await findingsOf('nat-integrity', select('carts'))).find(
    ({ subject }) => subject.name === 'cart',
  );
  assert.match(near?.title ?? '', /selects app=carts, and cart-\S+ have app=cart\./);
  const far = (await findingsOf('nat-integrity', select('invoices'))).find(
    ({ subject }) => subject.name === 'cart',
  );
  assert.equal(far?.severity, 'warning');
});

test('finds programs on an interface that Felix let go', async () => {
  const edits = {
    probes: { 'node-b/ifstate.dump': (text: string) => text.replaceAll(/^.*name: eth0\}.*\n/gm, '') },
  };
  const found = await findingsOf('interfaces', edits);
  assert.deepEqual(found.map(spell), ['error interface eth0 on node-b']);
  assert.match(
    found[0]?.title ?? '',
    /Old programs .* drop everything there, the way to the API server included/,
  );
});

test('finds an interface that is ready without a program, unless bpftool shows none at all', async () => {
  const without = (name: string) => (text: string) =>
    text.replaceAll(new RegExp(`\\{"devname":"${name}",[^}]*\\},?`, 'g'), '').replaceAll(',]', ']');
  const found = await findingsOf('interfaces', {
    probes: { 'node-a/bpftool.net': without('cali30bba3e0534') },
  });
  assert.deepEqual(found.map(spell), ['error interface cali30bba3e0534 on node-a']);
  const old = { probes: { 'node-a/bpftool.net': () => '[{"xdp":[],"tc":[],"flow_dissector":[]}]' } };
  assert.deepEqual((await findingsOf('interfaces', old)).map(spell), ['information node node-a on node-a']);
});

test('finds a running pod without an interface, and none for a pod that has ended', async () => {
  const gone = {
    probes: {
      'node-a/ifstate.dump': (text: string) => text.replaceAll(/^.*name: cali8cb945225b4\}.*\n/gm, ''),
    },
  };
  const found = await findingsOf('interfaces', gone);
  assert.ok(found.some((each) => spell(each) === 'error pod shop/cart-6f5b9c7d4c-m8t2l on node-a'));
  const ended = {
    ...gone,
    objects: { pods: change('cart-6f5b9c7d4c-m8t2l', ({ status }) => (status['phase'] = 'Succeeded')) },
  };
  assert.ok(!(await findingsOf('interfaces', ended)).some(({ subject }) => subject.kind === 'pod'));
});

test('tells a policy that nobody matches from one that lets others in', async () => {
  const { findings } = await diagnoseRecording('v3.32.1-policy-deny');
  const cutOff = findings.find(({ check, severity }) => check === 'policy' && severity === 'error');
  assert.match(cutOff?.title ?? '', /NetworkPolicy shop\/cart-from-frontend .*app=front-end.*app=frontend/);
  assert.ok(
    cutOff?.evidence.some(
      ({ at }) => at.kind === 'probe' && at.probe.startsWith('policy.dump.cali8cb945225b4'),
    ),
  );
  const mended = await findingsOf(
    'policy',
    {
      objects: {
        pods: change('frontend-7d9c6b8f5-x2k4q', ({ metadata }) => (metadata.labels['app'] = 'front-end')),
      },
      probes: {
        'node-a/ipsets.dump': (text) => `${text}IP set 0x27e6ff21d0b1479c\n   10.244.174.129/32\n\n`,
      },
    },
    'v3.32.1-policy-deny',
  );
  assert.ok(!mended.some(({ severity }) => severity === 'error'));
});

test('says which variable wins over the resource, and not where they agree', async () => {
  const set = (value: string) => ({
    objects: {
      [felixConfigurations]: change('default', ({ spec }) => (spec['defaultEndpointToHostAction'] = value)),
    },
  });
  assert.match(
    (await titles('configuration', set('Drop'))).join(' '),
    /FELIX_DEFAULTENDPOINTTOHOSTACTION=ACCEPT of calico-node wins over/,
  );
  assert.ok(!(await titles('configuration', set('Accept'))).some((title) => title.includes('wins over')));
});

test('finds a change that Felix has not taken up', async () => {
  const set = (level: string) => ({
    objects: { [felixConfigurations]: change('default', ({ spec }) => (spec['logSeverityScreen'] = level)) },
  });
  assert.match(
    (await titles('configuration', set('Warning'))).join(' '),
    /has not taken up logSeverityScreen: Warning/,
  );
  assert.ok(!(await titles('configuration', set('INFO'))).some((title) => title.includes('taken up')));
});

test('skips a check whose input is missing, with the reason', async () => {
  const { checks } = await diagnoseRecording('v3.32.1-healthy', {
    probes: { '*/nat.dump': () => undefined, 'node-a/ifstate.dump': () => undefined },
  });
  const nat = checks.find(({ id }) => id === 'nat-integrity');
  assert.deepEqual(
    [nat?.status, nat?.why],
    ['skipped', 'nat.dump was not recorded (node-a, node-b and node-c)'],
  );
  const interfaces = checks.find(({ id }) => id === 'interfaces');
  assert.deepEqual(
    [interfaces?.status, interfaces?.why],
    ['passed', 'ifstate.dump was not recorded (node-a)'],
  );
});
