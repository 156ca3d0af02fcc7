import type { ClusterFacts } from '../core/felix/cluster.ts';
import { formatVersion, newestVersion, parseVersion } from '../core/felix/versions.ts';
import type { CalicoVersion } from '../core/felix/versions.ts';
import { configurationsInUse } from './effective.ts';
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
  const judgedBy = (version: CalicoVersion, origin: VersionOrigin): Surroundings => ({
    version,
    origin,
    cluster,
    facts: cluster && toFacts(cluster, version),
  });
  const chosen = setting === undefined ? undefined : parseVersion(setting);
  if (chosen !== undefined) return judgedBy(chosen, 'setting');
  const theirs = cluster?.calicoVersion === undefined ? undefined : parseVersion(cluster.calicoVersion);
  return theirs === undefined ? judgedBy(newestVersion, 'newest') : judgedBy(theirs, 'cluster');
}

export function toVersionInUse({ version, origin }: Surroundings): VersionInUse {
  return { version: formatVersion(version), origin };
}

function toFacts(cluster: ClusterAnswer, version: CalicoVersion): ClusterFacts {
  const { nodes, configurations, kubeProxyRuns } = cluster;
  const using = configurationsInUse(cluster, version);
  return {
    nodes: nodes.map(({ name, labels, interfaces, environment, file, mapEntries }) => ({
      name,
      labels,
      interfaces,
      environment: new Map(
        Object.entries(environment).map(([variable, value]) => [variable.toUpperCase(), value]),
      ),
      ...(file && {
        file: new Map(Object.entries(file).map(([parameter, value]) => [parameter.toLowerCase(), value])),
      }),
      mapEntries: new Map(Object.entries(mapEntries)),
    })),
    ...(kubeProxyRuns !== undefined && { kubeProxyRuns }),
    configurations: new Map(
      configurations.map(({ name, spec }) => [
        name,
        { keys: new Set(Object.keys(spec)), nodes: using.get(name) ?? [] },
      ]),
    ),
  };
}
