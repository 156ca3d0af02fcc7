/**
 * Lines that stand in a trace beside the kernel's where it is of several nodes: whose lines follow, and since when that
 * node is up, so that the times of one node can be set beside those of another.
 */
export interface NodeMark {
  readonly node: string;
  /** What to add to the node's times to set them beside others': seconds since 1970, or since another node's boot. */
  readonly bootedAt: number | undefined;
}

const start = '-- node ';
const form = /^-- node ([\w.-]+)(?:, up since (\d{4}-\S+Z)|, clock ([+-]\d+\.\d+) s)?$/;
/** A moment of the last years; a smaller number only sets clocks side by side. */
const moment = 1e9;

/** `-- node node-a, up since 2026-11-21T10:39:12.345Z`; `-- node node-b, clock -12.345678 s` for a clock that is ahead of another’s. */
export function formatMark({ node, bootedAt }: NodeMark): string {
  if (bootedAt === undefined) return `${start}${node}`;
  if (bootedAt >= moment) return `${start}${node}, up since ${new Date(bootedAt * 1000).toISOString()}`;
  return `${start}${node}, clock ${bootedAt < 0 ? '' : '+'}${bootedAt.toFixed(6)} s`;
}

/** Reads a line without its end; `undefined` for one that is no mark. */
export function parseMark(line: string): NodeMark | undefined {
  if (!line.startsWith(start)) return undefined;
  const [, node, since, clock] = form.exec(line) ?? [];
  if (node === undefined) return undefined;
  if (clock !== undefined) return { node, bootedAt: Number(clock) };
  const time = since === undefined ? Number.NaN : Date.parse(since);
  return { node, bootedAt: Number.isNaN(time) ? undefined : time / 1000 };
}

/** Whether a line says that what follows it was not printed right behind what is before it. */
export function isGap(line: string): boolean {
  return line.startsWith('-- Lost at ');
}
