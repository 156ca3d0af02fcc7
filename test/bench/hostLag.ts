import { setTimeout as delay } from 'node:timers/promises';
import { inspect } from './inspector.ts';

/** How long an event loop was held up, in milliseconds, and the most memory that the process ever had, in megabytes. */
export interface HostLag {
  readonly p99: number;
  readonly max: number;
  readonly peak: number;
}

/** Asks a process each time about the time since it was asked last. */
export async function watchHost(pid: number): Promise<() => Promise<HostLag>> {
  const host = await inspect(pid);
  await host.evaluate(
    `hostLag = process.getBuiltinModule('node:perf_hooks').monitorEventLoopDelay({ resolution: ${resolution} });
    hostLag.enable()`,
  );
  return async () => {
    const told = await host.evaluate(
      'JSON.stringify([hostLag.percentile(99), hostLag.max, process.resourceUsage().maxRSS])',
    );
    await host.evaluate('hostLag.reset()');
    const [p99, max, kilobytes] = JSON.parse(String(told)) as [number, number, number];
    const late = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - resolution);
    return { p99: late(p99), max: late(max), peak: (kilobytes * 1024) / 1e6 };
  };
}

/** Waits until the process has nothing to do for a second: an editor that has just begun starts its own extensions. */
export async function atRest(ask: () => Promise<HostLag>): Promise<HostLag> {
  for (;;) {
    await delay(1000);
    const lag = await ask();
    if (lag.max < restful) return lag;
  }
}

/** What nobody feels, in milliseconds. */
const restful = 15;

/** Between two looks at the clock, in milliseconds. */
const resolution = 5;
