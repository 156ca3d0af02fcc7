/**
 * A log line of the BPF tool. Through v3.32 in Calico's layout (libcalico-go/lib/logutils/logutils.go):
 * `2026-05-10 10:59:28.401 [ERROR][2460] node/routes.go 48: Failed to dump routes map. error=…`;
 * from v3.33 in logrus' own: `time="…" level=error msg="…" error="…"`.
 */
export interface LogLine {
  /** Lower case: `error`, `fatal`, `warning`, `info`, `debug`, `panic`. */
  readonly level: string;
  /** The text with its fields, as printed. */
  readonly message: string;
}

const calicoLayout =
  /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} \[(PANIC|FATAL|ERROR|WARNING|INFO|DEBUG)\]\[\d+\] (?:\S+\/)?\S+\.go (?:\d+|<nil>): (.*)$/;
const logrusLayout =
  /^time="[^"]*" level=(panic|fatal|error|warning|info|debug) msg="((?:[^"\\]|\\.)*)"(.*)$/;

/** Reads a log line; `undefined` when the line is none. */
export function parseLogLine(line: string): LogLine | undefined {
  const calico = calicoLayout.exec(line);
  if (calico !== null) return { level: (calico[1] ?? '').toLowerCase(), message: calico[2] ?? '' };
  const logrus = logrusLayout.exec(line);
  if (logrus === null) return undefined;
  const message = (logrus[2] ?? '').replace(/\\(.)/g, '$1');
  return { level: logrus[1] ?? '', message: message + (logrus[3] ?? '') };
}
