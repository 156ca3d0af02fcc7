/**
 * Loaded into each process of the editor before anything else: the extension host keeps telling, in a file, how long its
 * event loop is held up, in milliseconds, and the most memory that it had, in megabytes; from anew once the file is gone.
 */
const { existsSync, writeFileSync } = require('node:fs');
const { monitorEventLoopDelay } = require('node:perf_hooks');
const { isMainThread } = require('node:worker_threads');

const file = process.env.CALICO_EBPF_HOST_LAG;
if (isMainThread && file !== undefined && process.argv.includes('--type=extensionHost')) {
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  setInterval(() => {
    if (!existsSync(file)) delay.reset();
    const [median, p99, max] = [delay.percentile(50), delay.percentile(99), delay.max].map(
      (time) => time / 1e6,
    );
    const peak = (process.resourceUsage().maxRSS * 1024) / 1e6;
    writeFileSync(file, JSON.stringify({ median, p99, max, peak }));
  }, 100).unref();
}
