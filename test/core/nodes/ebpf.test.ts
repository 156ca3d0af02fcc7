import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeEbpf, type EbpfEvidence } from '../../../src/core/nodes/ebpf.ts';
import { readFelixLog } from '../../../src/core/nodes/felixLog.ts';

const nothing: EbpfEvidence = { log: undefined, ifstate: undefined, configured: undefined };
const started =
  'felix/daemon.go 362: Successfully loaded configuration. config=&config.Config{BPFEnabled:true, BPFLogLevel:"off"}\nfelix/int_dataplane.go 949: BPF enabled, starting BPF endpoint manager and map manager.\n';
const stopped =
  'felix/daemon.go 362: Successfully loaded configuration. config=&config.Config{BPFEnabled:false}\n';
const mapMissing = {
  answer: { kind: 'failed', reason: 'map-missing', message: '', said: '' },
  count: 0,
} as const;
const listed = { answer: { kind: 'answered' }, count: 8 } as const;

test('Felix’s log of the current start decides', () => {
  assert.equal(judgeEbpf({ ...nothing, log: readFelixLog(started) }).state, 'on');
  assert.equal(judgeEbpf({ ...nothing, log: readFelixLog(started + stopped) }).state, 'off');
  assert.equal(judgeEbpf({ ...nothing, log: readFelixLog(stopped + started) }).state, 'on');
});

test('a fall-back to iptables is off, with its reason and what was asked for', () => {
  const log = readFelixLog(
    `${started.split('\n')[0]}\nfelix/daemon.go 376: BPF dataplane mode enabled but not supported by the kernel.  Disabling BPF mode. error=kernel is too old (have: 4.4 but want at least: 5.3.0)\n`,
  );
  const { state, reason, why, configured } = judgeEbpf({
    log,
    ifstate: undefined,
    configured: { isEnabled: true, source: 'FelixConfiguration default' },
  });
  assert.deepEqual([state, reason], ['off', 'fell-back']);
  assert.match(why, /kernel is too old/);
  assert.equal(configured, 'eBPF on (FelixConfiguration default)');
});

test('without a log the maps tell', () => {
  assert.equal(judgeEbpf({ ...nothing, ifstate: listed }).state, 'on');
  assert.equal(judgeEbpf({ ...nothing, ifstate: mapMissing }).state, 'off');
});

test('witnesses that contradict each other leave it unknown', () => {
  const { state, why } = judgeEbpf({ ...nothing, log: readFelixLog(started), ifstate: mapMissing });
  assert.equal(state, 'unknown');
  assert.match(why, /but/);
});

test('configuration alone only says what was asked for', () => {
  const { state, configured, asked } = judgeEbpf({
    ...nothing,
    configured: { isEnabled: true, source: 'FelixConfiguration default' },
  });
  assert.deepEqual([state, configured], ['unknown', 'eBPF on (FelixConfiguration default)']);
  assert.deepEqual(asked, ['FelixConfiguration default']);
  assert.deepEqual(judgeEbpf(nothing).asked, ['nothing could be asked']);
});

test('what decided is told as a kind, whatever the words are', () => {
  const log = readFelixLog(started);
  const reasonOf = (evidence: Partial<EbpfEvidence>) => judgeEbpf({ ...nothing, ...evidence }).reason;
  assert.equal(reasonOf({ log }), 'started');
  assert.equal(reasonOf({ log, ifstate: mapMissing }), 'started');
  assert.equal(reasonOf({ log: readFelixLog(stopped) }), 'started-without');
  assert.equal(reasonOf({ ifstate: listed }), 'maps');
  assert.equal(reasonOf({ ifstate: mapMissing }), 'maps');
  assert.equal(reasonOf({}), 'not-asked');
});
