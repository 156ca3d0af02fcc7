import type { ClusterFacts } from '../core/felix/cluster.ts';
import { formatVersion, newestVersion, parseVersion } from '../core/felix/versions.ts';
import type { CalicoVersion } from '../core/felix/versions.ts';
import type { ClusterAnswer, VersionInUse, VersionOrigin } from './protocol.ts';

/** What files are judged by, besides their text. */
export interface Surroundings {
  readonly version: CalicoVersion;
  readonly origin: VersionOrigin;
  readonly cluster: ClusterAnswer | undefined;
  readonly facts: ClusterFacts | undefined;
}

/** The version is that of the setting, else of the open cluster, else the newest known. */
export function toSurroundings(
  setting: string | undefined,
  cluster: ClusterAnswer | undefined,
): Surroundings {
  const facts = cluster && toFacts(cluster);
  const chosen = setting === undefined ? undefined : parseVersion(setting);
  if (chosen !== undefined) return { version: chosen, origin: 'setting', cluster, facts };
  const theirs = cluster?.calicoVersion === undefined ? undefined : parseVersion(cluster.calicoVersion);
  if (theirs !== undefined) return { version: theirs, origin: 'cluster', cluster, facts };
  return { version: newestVersion, origin: 'newest', cluster, facts };
}

export function toVersionInUse({ version, origin }: Surroundings): VersionInUse {
  return { version: formatVersion(version), origin };
}

function toFacts({ nodes, configurations, kubeProxyRuns }: ClusterAnswer): ClusterFacts {
  return {
    nodes: nodes.map(({ name, interfaces, environment, mapEntries }) => ({
      name,
      interfaces,
      environment: new Map(Object.entries(environment)),
      mapEntries: new Map(Object.entries(mapEntries)),
    })),
    ...(kubeProxyRuns !== undefined && { kubeProxyRuns }),
    configurations: new Map(configurations.map(({ name, spec }) => [name, new Set(Object.keys(spec))])),
  };
}
