/** Clusters like the recorded ones in which something happens, and nothing is wrong. */
import { countDenials } from '../edits.ts';
import { remade, catalog, db } from './pods.ts';
import type { Scene } from './scene.ts';

const refused = 'dial tcp 172.18.0.1:6443: connect: connection refused';

const outage = `2026-11-21 05:30:01.000 [ERROR][29255] felix/reflector.go 205: Failed to watch *v1.Service: Get "https://172.18.0.1:6443/api/v1/services": ${refused}
2026-11-21 05:30:31.000 [ERROR][29255] felix/reflector.go 205: Failed to watch *v1.Node: Get "https://172.18.0.1:6443/api/v1/nodes": ${refused}
2026-11-21 05:31:02.000 [INFO][29255] felix/watchercache.go 181: Full resync is required ListRoot="/calico/resources/v3/projectcalico.org/ippools"
2026-11-21 05:33:41.000 [INFO][29255] felix/syncer.go 741: new state written
2026-11-21 05:34:55.000 [INFO][29255] felix/summary.go 100: Summarising 16 dataplane reconciliation loops over 1m18.7s: avg=187ms longest=2.498s (resync-nat-v4)
`;

export const unharmedScenes: readonly Scene[] = [
  { name: 'a pod was made anew under another name', edits: remade(catalog), found: [] },
  { name: 'a pod was made anew under its name', edits: remade(db), found: [] },
  {
    name: 'a policy that is gone has left its counts',
    edits: { probes: { 'node-a/counters.dump': countDenials('cali8cb945225b4', 24) } },
    found: [],
  },
  {
    name: 'Felix had lost its API server for a while',
    edits: {
      probes: {
        '*/felix.log': (text) => text + outage,
      },
    },
    found: [],
  },
];
