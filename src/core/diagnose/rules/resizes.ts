import { listSome, advise, type Draft } from '../finding.ts';
import { lineEvidence } from '../evidence.ts';
import type { KnownCluster } from '../knownCluster.ts';
import type { KnownNode } from '../knownNode.ts';
import { nodeSubject } from '../subjects.ts';

/** The pin under which a map stays while its entries are copied to one of another size (felix/bpf/maps/pinned_map.go). */
const oldPin = /^.*\/tc\/globals\/(cali_\w+)_old$/gm;

/** Copying takes seconds; milliseconds. */
const copyTime = 120_000;

/** Maps whose old form is still pinned beside the new one: a resize goes on, or was not finished. */
export function halfResized(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  const pins = [...(node.text('bpffs') ?? '').matchAll(oldPin)];
  const names = pins.map(([, name = '']) => name);
  if (names.length === 0) return [];
  const isGoingOn = hasJustStarted(node, cluster);
  return [
    {
      severity: isGoingOn ? 'information' : 'warning',
      subject: nodeSubject(node.name),
      cause: `${names.toSorted().join(' ')} ${isGoingOn}`,
      title: isGoingOn
        ? `Felix on {nodes} gives ${listSome(names, 'maps')} another size and copies the entries over.`
        : `Felix on {nodes} has not finished giving ${listSome(names, 'maps')} another size: the old map is still there, and connections or services that only it knows are not known to the programs.`,
      evidence: pins
        .slice(0, 3)
        .map(({ index }) =>
          lineEvidence(node, 'bpffs', { span: { start: index }, shows: 'The pin of the old map.' }),
        ),
      fix: advise(
        isGoingOn
          ? 'Check again in a minute.'
          : 'Felix goes on with it when it starts: see its log there for what stopped it.',
      ),
    },
  ];
}

function hasJustStarted(node: KnownNode, { time }: KnownCluster): boolean {
  const began = /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d/.exec(node.currentLog()?.text ?? '')?.[0];
  if (began === undefined || time === undefined) return false;
  const age = Date.parse(time) - Date.parse(`${began.replace(' ', 'T')}Z`);
  return age >= 0 && age < copyTime;
}
