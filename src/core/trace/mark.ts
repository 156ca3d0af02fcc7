/**
 * Lines that stand in a trace beside the kernel's where it is of several nodes: whose lines follow, and since when that
 * node is up, so that the times of one node can be set beside those of another.
 */
export interface NodeMark {
  readonly node: string;
  /** Seconds since 1970 at which the node's clock of traces was 0; `undefined` where it is not known. */
  readonly bootedAt: number | undefined;
}

const start = '-- node ';
const form = /^-- node ([\w.-]+)(?:, up since (\d{4}-\S+Z))?$/;

/** `-- node node-a, up since 2026-11-21T10:39:12.345Z`. */
export function formatMark({ node, bootedAt }: NodeMark): string {
  const since = bootedAt === undefined ? '' : `, up since ${new Date(bootedAt * 1000).toISOString()}`;
  return `${start}${node}${since}`;
}

/** Reads a line without its end; `undefined` for one that is no mark. */
export function parseMark(line: string): NodeMark | undefined {
  if (!line.startsWith(start)) return undefined;
  const [, node, since] = form.exec(line) ?? [];
  if (node === undefined) return undefined;
  const time = since === undefined ? Number.NaN : Date.parse(since);
  return { node, bootedAt: Number.isNaN(time) ? undefined : time / 1000 };
}
