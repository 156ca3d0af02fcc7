import { readFileSync, readdirSync } from 'node:fs';

/** CPU time in seconds: of this process, of the API server with its etcd, and of what stands in for the nodes. */
export interface CpuTime {
  readonly ours: number;
  readonly apiServer: number;
  readonly nodes: number;
}

const ticksPerSecond = 100;

/** What was used so far by this process and by those that it has started, of which Linux tells. */
export function cpuTime(): CpuTime {
  const { user, system } = process.cpuUsage();
  const used = (name: string) =>
    descendants()
      .filter((each) => each.name === name)
      .reduce((sum, { ticks }) => sum + ticks / ticksPerSecond, 0);
  return {
    ours: (user + system) / 1e6,
    apiServer: used('kube-apiserver') + used('etcd'),
    nodes: used('test-kubelet'),
  };
}

/** The same since a moment, in words. */
export function spellCpuTime(before: CpuTime): string {
  const now = cpuTime();
  const since = (part: keyof CpuTime) => Math.round(now[part] - before[part]);
  return `CPU ${since('ours')} s ours, ${since('apiServer')} s API server, ${since('nodes')} s nodes`;
}

interface Descendant {
  readonly pid: number;
  readonly parent: number;
  readonly name: string;
  /** Its own, and those of its children that have ended. */
  readonly ticks: number;
}

function descendants(): readonly Descendant[] {
  const all = readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? readProcess(name) : []));
  const ours = new Set([process.pid]);
  for (let size = 0; size !== ours.size;) {
    size = ours.size;
    for (const { pid, parent } of all) if (ours.has(parent)) ours.add(pid);
  }
  return all.filter(({ pid }) => ours.has(pid));
}

/** `pid (name) state ppid …`, from the 14th on utime, stime, cutime and cstime (proc_pid_stat(5)). */
function readProcess(pid: string): readonly Descendant[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [, name = '', rest = ''] = /\((.*)\) (.*)/s.exec(stat) ?? [];
    const fields = rest.split(' ').map(Number);
    const ticks = fields.slice(11, 15).reduce((sum, each) => sum + each, 0);
    return [{ pid: Number(pid), parent: fields[1] ?? 0, name, ticks }];
  } catch {
    return []; // It has just ended.
  }
}
