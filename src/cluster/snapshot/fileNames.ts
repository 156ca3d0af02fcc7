/** How probes and objects become file names in a snapshot: every character but letters, digits, `.`, `_`, `-` is written `_`. */
export function escapeFileName(id: string): string {
  return id.replace(/[^A-Za-z0-9._-]/g, '_');
}

export type Stream = 'out' | 'err';

/** The file of a probe's stdout or stderr, without the `.gz` that may be added. */
export function probeFileName(probe: string, stream: Stream): string {
  return `${escapeFileName(probe)}.${stream}`;
}
