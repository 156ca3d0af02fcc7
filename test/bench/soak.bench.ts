/** Thirty minutes through a network that fails in every way; ends with an error unless all is as after a clean run. */
import { startCluster } from '../live/cluster.ts';
import { soak } from '../live/soak.ts';
import { report } from './report.ts';

const minutes = Number(process.env['CALICO_EBPF_SOAK_MINUTES'] ?? 30);
const server = await startCluster();
try {
  globalThis.gc?.();
  const before = heldBytes();
  const outcome = await soak(server, minutes * 60);
  globalThis.gc?.();
  const more = Math.round((heldBytes() - before) / 1024 / 1024);
  report('soak', [{ minutes, ...outcome, 'memory held (MiB more)': more }]);
} finally {
  await server.stop();
}

/** What is held, not what the allocator has not given back. */
function heldBytes(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
