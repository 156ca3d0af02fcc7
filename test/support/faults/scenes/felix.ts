/** Felix is stopped, hangs or does not reach its API server, while the cluster goes on. */
import { all, add } from '../../healthy/healthy.ts';
import { logging, withoutLines } from '../edits.ts';
import { hanging, restarted, stopped } from './agents.ts';
import { catalog, db, remade } from './pods.ts';
import type { Scene } from './scene.ts';
import { unanswered } from './traffic.ts';

const clusterinformation = 'apis/crd.projectcalico.org/v1/clusterinformations/default';
const notRead = '[ERROR][4711] felix/daemon.go 273: Failed to get config from datastore error=';
const gone = 'dial tcp 172.18.0.1:6443: connect: connection refused';
const late = 'dial tcp 172.18.0.1:6443: i/o timeout';

const ofDbOnC = [
  'error node node-c on node-c',
  'error pod shop/db-0 on node-c',
  'error service shop/db on node-c',
];

export const felixScenes: readonly Scene[] = [
  {
    name: 'Felix of a node is stopped, and a pod there is made anew under another name',
    edits: all(remade(catalog, { deaf: ['node-b'] }), stopped('node-b')),
    found: [
      'error node node-b on node-b',
      'error node node-b on node-b',
      `error pod shop/${catalog.newName} on node-b`,
    ],
  },
  {
    name: 'Felix of a node is stopped, and a pod there is made anew under its name',
    edits: all(remade(db, { deaf: ['node-c'] }), stopped('node-c')),
    found: ofDbOnC,
  },
  {
    name: 'Felix of a node is stopped, and a pod elsewhere is made anew',
    edits: all(remade(db, { deaf: ['node-a'] }), stopped('node-a')),
    found: ['error node node-a on node-a', 'error service shop/db on node-a'],
  },
  {
    name: 'Felix of a node is stopped, and nothing has changed since',
    edits: stopped('node-b'),
    found: ['error node node-b on node-b'],
  },
  {
    name: 'Felix of a node hangs, and a pod there is made anew under its name',
    edits: all(remade(db, { deaf: ['node-c'] }), hanging('node-c')),
    found: ofDbOnC,
  },
  {
    name: 'Felix of a node was started with a wrong address of the API server',
    edits: restarted('node-c', [
      `${notRead}Get "https://172.18.0.9:6443/${clusterinformation}": dial tcp 172.18.0.9:6443: connect: no route to host`,
      `${notRead}Get "https://172.18.0.9:6443/${clusterinformation}": dial tcp 172.18.0.9:6443: connect: no route to host`,
    ]),
    found: ['error node node-c on node-c'],
  },
  {
    name: 'Felix of a node was started with a wrong address of the API server, and a pod there is made anew',
    edits: all(
      remade(db, { deaf: ['node-c'] }),
      restarted('node-c', [
        `${notRead}Get "https://10.96.0.99:443/${clusterinformation}": context deadline exceeded`,
        `${notRead}Get "https://10.96.0.99:443/${clusterinformation}": context deadline exceeded`,
      ]),
    ),
    found: ['error node node-c on node-c', ...ofDbOnC],
  },
  {
    name: 'Felix of a node has lost its API server, and a pod elsewhere is made anew',
    edits: all(remade(db, { deaf: ['node-b'] }), {
      probes: {
        'node-b/felix.log': logging(
          `[WARNING][29255] felix/watchercache.go 249: Failed to perform list of current data during resync error=Get "https://172.18.0.1:6443/apis/crd.projectcalico.org/v1/ippools?limit=500": ${gone}`,
          `[ERROR][29255] felix/reflector.go 205: Failed to watch *v1.Service: failed to list *v1.Service: Get "https://172.18.0.1:6443/api/v1/services?resourceVersion=806": ${gone}`,
        ),
      },
    }),
    found: ['error node node-b on node-b', 'error service shop/db on node-b'],
  },
  {
    name: 'the pattern of cards was changed while Felix ran, and old programs drop everything on the card',
    edits: all(
      {
        objects: {
          'felixconfigurations.crd.projectcalico.org': add({
            metadata: { name: 'node.node-b' },
            spec: { bpfDataIfacePattern: '^ens.*' },
          }),
        },
        probes: {
          'node-b/ifstate.dump': withoutLines(/name: eth0/),
          'node-b/felix.log': logging(
            `[ERROR][29255] felix/reflector.go 205: Failed to watch *v1.Service: Get "https://172.18.0.1:6443/api/v1/services": ${late}`,
            `[ERROR][29255] felix/reflector.go 205: Failed to watch *v1.Node: Get "https://172.18.0.1:6443/api/v1/nodes": ${late}`,
          ),
          'node-b/conntrack.dump': withoutLines(/10\.244\.(?:174|99)\./),
        },
      },
      unanswered('node-a', '10.244.218.'),
      unanswered('node-c', '10.244.218.'),
    ),
    found: [
      'error interface eth0 on node-b',
      'error node node-b on node-b',
      'warning node node-b on node-b',
      'warning node node-b on node-b',
    ],
  },
  {
    name: 'Felix of a node ends at each start, since its marks do not suffice',
    edits: all(stopped('node-b'), {
      probes: {
        'node-b/felix.log': logging(
          "[FATAL][5711] felix/driver.go 110: IptablesMarkMask doesn't cover bits that are used (unconditionally) by eBPF mode. IptablesMarkMask=0xf0000 requiredBits=0x1ff00000",
        ),
      },
    }),
    found: ['error node node-b on node-b'],
  },
];
