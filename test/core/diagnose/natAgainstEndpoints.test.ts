/** Whatever a node’s NAT sends a service to, beside whatever endpoints Kubernetes has of it: a difference is found, and only that. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubernetesObject } from '../../../src/core/objects/object.ts';
import { backendsOf, dropFrontends } from '../../support/faults/edits.ts';
import { spell } from './expected.ts';
import type { Edits } from '../../support/edited.ts';
import { diagnoseRecording } from './recorded.ts';

/** A service of two pods, and a pod of another. */
interface Served {
  readonly recording: string;
  readonly probe: string;
  readonly service: string;
  /** As `nat dump` prints them. */
  readonly address: string;
  /** What the lines of its frontends begin with. */
  readonly frontends: RegExp;
  readonly pods: readonly string[];
  readonly port: number;
  readonly stranger: string;
}

const catalog: Omit<Served, 'recording'> = {
  probe: 'nat.dump',
  service: 'catalog',
  address: '10.96.71.203',
  frontends: /^10\.96\.71\.203 /,
  pods: ['10.244.218.66', '10.244.99.193'],
  port: 8080,
  stranger: '10.244.99.194:5432',
};

const services: readonly Served[] = [
  { recording: 'v3.30.7-healthy', ...catalog },
  {
    recording: 'v3.32.1-dual-stack',
    probe: 'nat.dump.v6',
    service: 'edge',
    address: 'fd00:96::50',
    frontends: /^(?:fd00:96::50 |\S+ port 30090 )/,
    pods: ['fd00:244:0:6d15:74ba:80e:4835:8080', 'fd00:244:0:da40:995e:89a6:1d37:a7c0'],
    port: 8080,
    stranger: '[fd00:244:0:6d15:74ba:80e:4835:8081]:8080',
  },
];

const nodes = ['node-a', 'node-b', 'node-c'];

/** The pods that are ready, by their position; the others are gone from the slice, or in it and not ready. */
const readiness = [[], [0], [1], [0, 1]] as const;
const programmed = [[], [0], [1], [0, 1], [0, 1, 'stranger'], 'no frontend'] as const;

type Ready = (typeof readiness)[number];
type Programmed = (typeof programmed)[number];

for (const served of services) {
  for (const ready of readiness) {
    for (const here of programmed) {
      const found = spellOf(here);
      test(`${served.recording}: ready ${spellOf(ready)}, NAT of one node ${found}`, () =>
        check(served, ready, here));
    }
  }
}

function spellOf(pods: Ready | Programmed): string {
  return typeof pods === 'string' ? pods : `{${pods.join(', ')}}`;
}

/** On node-b NAT is as given; elsewhere as the endpoints want it. */
async function check(served: Served, ready: Ready, here: Programmed): Promise<void> {
  const { recording, probe, service } = served;
  const before = await diagnoseRecording(recording);
  const { findings } = await diagnoseRecording(recording, editsOf(served, ready, here));
  const serious = (report: typeof before) =>
    report.findings.filter(({ severity }) => severity !== 'information').map(spell);
  const known = new Set(serious(before));
  const isAlike = typeof here !== 'string' && String(here) === String(ready);
  const empty = ready.length > 0 ? [] : isAlike ? nodes : nodes.filter((node) => node !== 'node-b');
  const expected = [
    ...(empty.length === 0 ? [] : [`error service shop/${service} on ${empty.join(',')}`]),
    ...(isAlike ? [] : [`error service shop/${service} on node-b`]),
  ];
  const added = serious({ ...before, findings }).filter((each) => !known.has(each));
  assert.deepEqual(
    added.toSorted(),
    expected.toSorted(),
    `${probe}\n${findings.map(({ title }) => title).join('\n')}`,
  );
}

function editsOf(
  { probe, service, address, frontends, pods, port, stranger }: Served,
  ready: Ready,
  here: Programmed,
): Edits {
  const spelled = (at: 0 | 1 | 'stranger') =>
    at === 'stranger' ? stranger : `${(pods[at] ?? '').replace(/^(.*:.*)$/, '[$1]')}:${port}`;
  const program = (backends: readonly (0 | 1 | 'stranger')[]) =>
    backendsOf(address, () => backends.map(spelled));
  return {
    probes: {
      [`*/${probe}`]: program(ready),
      [`node-b/${probe}`]: here === 'no frontend' ? dropFrontends(frontends) : program(here),
    },
    objects: {
      'endpointslices.discovery.k8s.io': (slices) =>
        slices.map((slice) => (isOf(slice, service) ? withReady(slice, pods, ready) : slice)),
    },
  };
}

function isOf({ metadata }: KubernetesObject, service: string): boolean {
  return metadata.labels?.['kubernetes.io/service-name'] === service;
}

/** The first pod leaves the slice when it is not ready, the second stays in it as not ready. */
function withReady(slice: KubernetesObject, pods: readonly string[], ready: Ready): KubernetesObject {
  const isReady = (at: number) => ready.some((each) => each === at);
  const endpoints = pods.flatMap((address, at) =>
    at === 0 && !isReady(at)
      ? []
      : {
          addresses: [address],
          conditions: { ready: isReady(at), serving: isReady(at), terminating: false },
        },
  );
  return { ...slice, endpoints };
}
