/** The recorded traces under `test/fixtures/traces`. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Packet } from '../../../src/core/trace/packet.ts';
import type { TraceRecord } from '../../../src/core/trace/packets.ts';
import { TraceReader } from '../../../src/core/trace/reader.ts';
import { parseReasonVersion } from '../../../src/core/trace/reasons.ts';

const folder = join(import.meta.dirname, '..', '..', 'fixtures', 'traces');

/** `v3.32.1-c-policy-denied-syn`. */
export const traceNames: readonly string[] = readdirSync(folder)
  .filter((file) => file.endsWith('.log.gz'))
  .map((file) => file.replace('.log.gz', ''));

export function readTrace(name: string): string {
  return gunzipSync(readFileSync(join(folder, `${name}.log.gz`))).toString('utf8');
}

/** All that a trace comes to. */
export function recordsOf(text: string, version?: string): readonly TraceRecord[] {
  const reader = new TraceReader(version === undefined ? undefined : parseReasonVersion(version));
  return [...reader.push(text), ...reader.end()];
}

export function packetsOf(text: string, version?: string): readonly Packet[] {
  return recordsOf(text, version).flatMap((record) => (record.kind === 'packet' ? [record.packet] : []));
}

/** Messages of one program on one CPU, as the kernel prints them. */
export function traceOf(prefix: string, messages: string, { cpu = 0, time = 100 } = {}): string {
  const lines = messages
    .trim()
    .split('\n')
    .map((message, index) => {
      const seconds = (time + index / 1_000_000).toFixed(6);
      return `          <idle>-0       [00${cpu}] ..s2. ${seconds.padStart(12)}: bpf_trace_printk: ${prefix}${message.trim()}`;
    });
  return `${lines.join('\n')}\n`;
}
