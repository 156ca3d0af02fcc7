/** Recordings as clusters to diagnose, as they are or with something in them changed. */
import { join } from 'node:path';
import { after } from 'node:test';
import type { Cluster } from '../../../src/cluster/cluster.ts';
import { openSnapshot } from '../../../src/cluster/snapshot/snapshotCluster.ts';
import type { Report } from '../../../src/core/diagnose/diagnosis.ts';
import type { Finding } from '../../../src/core/diagnose/finding.ts';
import type { KubernetesObject } from '../../../src/core/objects/object.ts';
import { diagnose, type DiagnoseOptions } from '../../../src/session/diagnose.ts';
import { recordingsFolder } from '../../support/recordings.ts';

export interface Edits {
  /** By `<node>/<probe>`, or `*` for every node; `undefined` for a probe that was not recorded. */
  readonly probes?: Readonly<Record<string, (text: string) => string | undefined>>;
  /** The `<node>/<probe>` whose answers were cut off by a limit. */
  readonly cutOff?: readonly string[];
  /** By resource, as the recording names it. */
  readonly objects?: Readonly<
    Record<string, (objects: readonly KubernetesObject[]) => readonly KubernetesObject[]>
  >;
}

const signal = new AbortController().signal;
const opened = new Map<string, Promise<Cluster>>();

after(async () => {
  for (const cluster of opened.values()) await (await cluster).close();
});

/** The report on a recording, after edits. */
export async function diagnoseRecording(
  name: string,
  edits: Edits = {},
  options: DiagnoseOptions = {},
): Promise<Report> {
  const known = opened.get(name) ?? openSnapshot(join(recordingsFolder, `${name}.tar.gz`), {}, signal);
  opened.set(name, known);
  return diagnose(edited(await known, edits), options, signal);
}

/** The findings of one check on a recording, after edits. */
export async function findingsOf(
  check: string,
  edits: Edits = {},
  recording = 'v3.32.1-healthy',
): Promise<readonly Finding[]> {
  const { findings } = await diagnoseRecording(recording, edits);
  return findings.filter((each) => each.check === check);
}

function edited(cluster: Cluster, { probes = {}, cutOff = [], objects = {} }: Edits): Cluster {
  return {
    info: cluster.info,
    probedNodes: (abort) => cluster.probedNodes(abort),
    probes: (node, abort) => cluster.probes(node, abort),
    traces: (node, abort) => cluster.traces(node, abort),
    trace: (request, abort) => cluster.trace(request, abort),
    close: () => cluster.close(),
    async list(resource, abort) {
      const edit = objects[resource] ?? objects[resource.replace('.crd.', '.')];
      const list = await cluster.list(resource, abort).catch((error: unknown) => {
        if (edit === undefined) throw error;
        return [];
      });
      return edit === undefined ? list : edit(list);
    },
    async probe(request, abort) {
      const edit = probes[`${request.node}/${request.probe}`] ?? probes[`*/${request.probe}`];
      const truncated = cutOff.includes(`${request.node}/${request.probe}`);
      if (edit === undefined) return { ...(await cluster.probe(request, abort)), truncated };
      const known = await cluster.probe(request, abort).catch(() => undefined);
      const text = edit(new TextDecoder().decode(known?.stdout));
      if (text === undefined) return cluster.probe({ ...request, probe: 'never.recorded' }, abort);
      return {
        argv: [],
        startedAt: undefined,
        durationMs: undefined,
        ...request,
        stdout: new TextEncoder().encode(text),
        stderr: new Uint8Array(),
        exitCode: 0,
        truncated,
      };
    },
  };
}

/** Replaces one object of a list by a changed copy. */
export function change(
  name: string,
  edit: (object: Mutable) => void,
): (objects: readonly KubernetesObject[]) => readonly KubernetesObject[] {
  return (objects) =>
    objects.map((object) => {
      if (object.metadata.name !== name) return object;
      const copy = structuredClone(object) as Mutable;
      edit(copy);
      return copy;
    });
}

/** A copied object, whose fields a test may set. */
export interface Mutable extends KubernetesObject {
  spec: Record<string, unknown>;
  status: Record<string, unknown>;
  metadata: KubernetesObject['metadata'] & {
    labels: Record<string, string>;
    annotations: Record<string, string>;
  };
}
