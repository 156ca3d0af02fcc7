import type { PlannedChange } from '../cluster/changes.ts';
import type { WriteCause } from '../cluster/cluster.ts';
import { nodesReached, restartsFelix } from '../core/felix/reach.ts';
import type { KubernetesObject } from '../core/objects/object.ts';

/** What the user is asked before a change: everything that it does. */
export interface Question {
  readonly title: string;
  readonly detail: string;
}

/** Puts a planned change in words. `nodes` is `undefined` where the user may not see them. */
export function questionFor(
  change: PlannedChange,
  cluster: string,
  nodes: readonly KubernetesObject[] | undefined,
): Question {
  const { ref, way, warnings } = change;
  const verb = way === 'create' ? 'Create' : 'Change';
  return {
    title: `${verb} FelixConfiguration ${ref.name} on ${cluster}?`,
    detail: [
      ...changeLines(change),
      '',
      restartLine(change, nodes),
      ...keptLine(change),
      ...ownerLines(change),
      ...warnings.map((warning) => `The API server warns: ${warning}`),
    ].join('\n'),
  };
}

const mostChanges = 15;

function changeLines({ changes }: PlannedChange): readonly string[] {
  if (changes.length === 0) return ['Only labels or annotations change.'];
  const lines = changes
    .slice(0, mostChanges)
    .map(({ key, before, after }) => `${key}: ${show(before)} → ${show(after)}`);
  const more = changes.length - lines.length;
  return more > 0 ? [...lines, `… and ${more} more`] : lines;
}

function show(value: unknown): string {
  if (value === undefined) return 'not set';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

const mostNodes = 5;

function restartLine(change: PlannedChange, nodes: readonly KubernetesObject[] | undefined): string {
  if (!change.changes.some(({ key }) => restartsFelix(key)))
    return 'Felix takes this over without a restart.';
  if (nodes === undefined) {
    return 'Felix restarts on every node that this is for. Which these are is not known: you may not list nodes.';
  }
  const objects = change.before === undefined ? [change.after] : [change.before, change.after];
  const reached = [...new Set(objects.flatMap((object) => nodesReached(object, nodes)))];
  if (reached.length === 0)
    return `No node of this cluster is one that ${change.ref.name} is for: nothing restarts.`;
  const named = reached.slice(0, mostNodes).join(', ');
  const rest = reached.length > mostNodes ? ` and ${reached.length - mostNodes} more` : '';
  return `Felix restarts on ${reached.length} of ${nodes.length} nodes: ${named}${rest}. It reprograms the dataplane there; established connections go on.`;
}

function keptLine({ kept }: PlannedChange): readonly string[] {
  if (kept.length === 0) return [];
  return [`Stays as it is on the cluster, because the file does not name it: ${kept.join(', ')}.`];
}

function ownerLines({ takenOver, keeper }: PlannedChange): readonly string[] {
  const owners = [
    ...new Set(takenOver.map(({ message }) => /"([^"]+)"/.exec(message)?.[1] ?? 'somebody else')),
  ];
  const fields = takenOver.map(({ field }) => field.replace(/^spec\./, ''));
  return [
    ...(owners.length === 0
      ? []
      : [`Taken over from ${owners.join(' and ')}: ${[...new Set(fields)].join(', ')}.`]),
    ...(keeper === undefined
      ? []
      : [`This object is kept by ${keeper}, which may put the change back. Change it there instead.`]),
  ];
}

/** Why the server does not take a document, place by place. */
export function refusalMessage(name: string, message: string, causes: readonly WriteCause[]): string {
  const places = causes.map((cause) =>
    cause.field === '' ? cause.message : `${cause.field}: ${cause.message}`,
  );
  const said = places.length === 0 ? message : places.join('\n');
  return `The API server does not take FelixConfiguration ${name}; nothing was changed.\n${said}`;
}
