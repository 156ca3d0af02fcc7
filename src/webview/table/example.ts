/** Terms of a filter as an example, each for tables that have the column. */
const terms = [
  ['proto', 'proto:tcp'],
  ['state', 'state:syn-sent'],
  ['idle', 'idle>30s'],
  ['category', 'category:dropped'],
  ['ingress', 'ingress>0'],
  ['verdict', 'verdict:denied'],
  ['what', 'what:syn'],
  ['time', 'time>1.5'],
  ['dest', 'dest:10.244.1.5'],
  ['backends', 'backends:0'],
  ['member', 'member:10.244.0.0/16'],
  ['fact', 'fact:*'],
] as const;

/** What an empty filter box shows: terms that the table understands, by the ids of its columns. */
export function filterExample(ids: readonly string[]): string {
  const fitting = terms.flatMap(([id, term]) => (ids.includes(id) ? [term] : []));
  return `Filter, such as ${['pod:shop/*', ...fitting.slice(0, 3)].join(' ')}`;
}
