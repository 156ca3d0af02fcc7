/** Names made of a recording, as a session makes them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { unpackTar } from 'modern-tar';
import { parseIfState } from '../../../src/core/dump/ifstate.ts';
import { parseIpSets } from '../../../src/core/dump/ipsets.ts';
import { parseNat } from '../../../src/core/dump/nat.ts';
import { parseRoutes } from '../../../src/core/dump/routes.ts';
import { createAddressBook, type AddressBook } from '../../../src/core/names/addressBook.ts';
import { createNames } from '../../../src/core/names/createNames.ts';
import type { Names } from '../../../src/core/names/names.ts';
import { readFelixLog } from '../../../src/core/nodes/felixLog.ts';
import type { KubernetesObject } from '../../../src/core/objects/object.ts';
import { recordingsFolder } from '../../support/recordings.ts';

export interface Recording {
  /** A file by its path in the recording, unpacked; empty where there is none. */
  readonly text: (path: string) => string;
  readonly objects: (resource: string) => readonly KubernetesObject[];
}

export async function openRecording(name: string): Promise<Recording> {
  const entries = await unpackTar(gunzipSync(readFileSync(join(recordingsFolder, `${name}.tar.gz`))));
  const files = new Map(
    entries.flatMap(({ header, data }) =>
      data === undefined ? [] : [[header.name.replace(/^[^/]*\//, ''), data]],
    ),
  );
  const text = (path: string): string => {
    const packed = files.get(`${path}.gz`);
    return Buffer.from(packed === undefined ? (files.get(path) ?? []) : gunzipSync(packed)).toString('utf8');
  };
  return {
    text,
    objects(resource) {
      const list = text(`objects/${resource}.json`);
      return list === '' ? [] : (JSON.parse(list) as { items: KubernetesObject[] }).items;
    },
  };
}

export function recordedBook({ objects }: Recording): AddressBook {
  return createAddressBook({
    nodes: objects('nodes'),
    pods: objects('pods'),
    services: objects('services'),
    endpointSlices: objects('endpointslices.discovery.k8s.io'),
    ipPools: objects('ippools.crd.projectcalico.org'),
    blockAffinities: objects('blockaffinities.crd.projectcalico.org'),
    ipamBlocks: objects('ipamblocks.crd.projectcalico.org'),
    policies: recordedPolicies({ objects }),
  });
}

export function recordedPolicies({ objects }: Pick<Recording, 'objects'>): readonly KubernetesObject[] {
  return [
    'networkpolicies.networking.k8s.io',
    'networkpolicies.crd.projectcalico.org',
    'globalnetworkpolicies.crd.projectcalico.org',
  ].flatMap(objects);
}

export function recordedNames(recording: Recording, node: string): Names {
  const dump = (probe: string) => recording.text(`nodes/${node}/${probe}.out`);
  return createNames(recordedBook(recording), {
    node,
    interfaces: parseIfState(dump('ifstate.dump')).entries,
    routes: parseRoutes(dump('routes.dump')).entries,
    frontends: [...parseNat(dump('nat.dump')).entries, ...parseNat(dump('nat.dump.v6')).entries],
    ipSets: parseIpSets(dump('ipsets.dump')).entries,
    ipSetNames: readFelixLog(dump('felix.log')).ipSetNames,
    interfacePrefixes: ['cali'],
  });
}
