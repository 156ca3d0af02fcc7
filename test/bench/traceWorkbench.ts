/** What VS Code's own extension host feels of a trace that streams into it through a real API server. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startCluster } from '../live/cluster.ts';
import { startNode } from '../live/node.ts';
import { inspect, type Inspected } from './inspector.ts';
import { round } from './report.ts';
import { openWorkbench, quickPickRow, row, runCommand, showContainer } from '../workbench/workbench.ts';

export interface HostLag {
  /** Milliseconds that the event loop is late. */
  readonly p99: number;
  readonly most: number;
  /** The share of a core that the process takes. */
  readonly core: number;
}

/** The delay of the extension host's event loop while so many lines come in each second. */
export async function lagInExtensionHost(
  bytes: Uint8Array,
  { linesPerSecond, seconds }: { readonly linesPerSecond: number; readonly seconds: number },
): Promise<{ readonly lines: number; readonly idle: HostLag; readonly streaming: HostLag }> {
  const folder = mkdtempSync(join(tmpdir(), 'trace-lag-'));
  const server = await startCluster();
  const node = await startNode(server, 'node-a', 'calico-node-x4k2p');
  const felix = '/apis/crd.projectcalico.org/v1/felixconfigurations/default';
  await server.admin.patch(felix, { spec: { bpfLogLevel: 'Debug' } });
  await node.program('bpftool', streamer(folder, bytes, linesPerSecond));
  const workbench = await openWorkbench({ settings: { 'calicoBpf.kubeconfig': server.kubeconfig } });
  try {
    const { page } = workbench;
    await showContainer(page);
    await runCommand(page, 'Calico eBPF: Select Cluster');
    await quickPickRow(page, 'current context').click();
    await row(page, 'node-a').waitFor();
    const host = await inspect(workbench.extensionHostPid());
    const idle = await measure(host, seconds);
    await runCommand(page, 'Calico eBPF: Start Trace');
    await quickPickRow(page, 'Every Packet').click();
    await page.locator('.quick-input-list .monaco-list-row', { hasText: 'node-a' }).click();
    await page.locator('.quick-input-widget .monaco-button', { hasText: 'OK' }).click();
    await quickPickRow(page, '2 minutes').click();
    const status = page.locator('.statusbar-item', { hasText: /Tracing node-a · [\d,]+ lines/ });
    await status.waitFor();
    const linesSoFar = async () =>
      Number(/([\d,]+) lines/.exec(await status.innerText())?.[1]?.replaceAll(',', ''));
    const before = await linesSoFar();
    const streaming = await measure(host, seconds);
    const lines = (await linesSoFar()) - before;
    host.close();
    return { lines, idle, streaming };
  } finally {
    await workbench.close();
    await node.stop();
    await server.stop();
    rmSync(folder, { recursive: true });
  }
}

const resolution = 5;

/** What the extension host's event loop and its processor time are like for a while. */
async function measure(host: Inspected, seconds: number): Promise<HostLag> {
  await host.evaluate(
    `lag = ${perfHooks}.monitorEventLoopDelay({ resolution: ${resolution} }); lag.enable(); begun = process.cpuUsage()`,
  );
  await delay(seconds * 1000);
  const told = await host.evaluate('JSON.stringify([lag.percentile(99), lag.max, process.cpuUsage(begun)])');
  const [p99, most, { user, system }] = JSON.parse(String(told)) as [number, number, NodeJS.CpuUsage];
  const late = (nanoseconds: number) => round(Math.max(0, nanoseconds / 1e6 - resolution));
  return { p99: late(p99), most: late(most), core: round((user + system) / 1e6 / seconds) };
}

const perfHooks = "process.getBuiltinModule('node:perf_hooks')";

/** A shell script that prints the bytes over and over, so many lines a second. */
function streamer(folder: string, bytes: Uint8Array, linesPerSecond: number): string {
  const trace = join(folder, 'trace.log');
  writeFileSync(trace, bytes);
  const lines = bytes.reduce((count, byte) => (byte === 0x0a ? count + 1 : count), 0);
  const size = Math.round(((bytes.length / lines) * linesPerSecond) / 50);
  const program = join(folder, 'stream.mjs');
  writeFileSync(
    program,
    `import { readFileSync } from 'node:fs';
const bytes = readFileSync(${JSON.stringify(trace)});
const start = performance.now();
for (let tick = 0, at = 0; ; tick++, at = (at + ${size}) % bytes.length) {
  if (!process.stdout.write(bytes.subarray(at, at + ${size}))) await new Promise((go) => process.stdout.once('drain', go));
  await new Promise((go) => setTimeout(go, Math.max(0, start + (tick + 1) * 20 - performance.now())));
}
`,
  );
  return `[ "$2" = tracelog ] && exec "${process.execPath}" "${program}"`;
}
