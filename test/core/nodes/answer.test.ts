import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeAnswer } from '../../../src/core/nodes/answer.ts';
import { recordedOutputs, recordingNames } from '../../support/recordings.ts';

test('an error with status 0 and an empty stdout is a failure', () => {
  const answer = judgeAnswer({
    stdout: '',
    stderr:
      '2026-05-10 10:59:28.401 [ERROR][2460] node/nat.go 73: Failed to dump NAT maps error=invalid IP address: "x"\n',
    exitCode: 0,
  });
  assert.ok(answer.kind === 'failed');
  assert.equal(answer.reason, 'tool-error');
  assert.match(answer.said, /^Failed to dump NAT maps/);
});

test('a map that is not there is told in words, in both layouts of the log', () => {
  const calico =
    '2026-05-10 10:59:28.415 [ERROR][2460] node/routes.go 48: Failed to dump routes map. error=failed to open map: stat /sys/fs/bpf/tc/globals/cali_v6_routes: no such file or directory\n';
  const logrus =
    'time="2026-08-22T04:11:52Z" level=error msg="Failed to dump routes map." error="failed to open map: stat /sys/fs/bpf/tc/globals/cali_v4_routes: no such file or directory"\n';
  for (const [stderr, family] of [
    [calico, /cali_v6_routes is not there: IPv6 is off/],
    [logrus, /cali_v4_routes is not there: eBPF is off/],
  ] as const) {
    const answer = judgeAnswer({ stdout: '', stderr, exitCode: 0 });
    assert.ok(answer.kind === 'failed');
    assert.equal(answer.reason, 'map-missing');
    assert.match(answer.message, family);
  }
});

test('a map that the tool does not name is of the family that was asked for', () => {
  const stderr =
    '2026-05-10 10:59:28.415 [FATAL][2471] node/conntrack.go 118: Failed to get ConntrackMap error=failed to access conntrack Map\n';
  for (const [probe, cause] of [
    ['conntrack.dump', /^The BPF map of this dump is not there: eBPF is off on this node\.$/],
    ['conntrack.dump.v6', /IPv6 is off in Calico’s eBPF dataplane/],
  ] as const) {
    const answer = judgeAnswer({ probe, stdout: '', stderr, exitCode: 1 });
    assert.ok(answer.kind === 'failed');
    assert.equal(answer.reason, 'map-missing');
    assert.match(answer.message, cause);
  }
});

test('an interface without a policy is an empty answer in every version', () => {
  const stderr =
    '2026-05-10 10:59:28.415 [ERROR][2471] node/policy_debug.go 90: Failed to dump policy info. error=stat /var/run/calico/bpf/policy/eth0_ingress_v4.json: no such file or directory\n';
  assert.equal(judgeAnswer({ stdout: '', stderr, exitCode: 0 }).kind, 'answered');
});

test('what the tool says often is told in words', () => {
  const said = (stderr: string, exitCode: number) => {
    const answer = judgeAnswer({ stdout: '', stderr, exitCode });
    return answer.kind === 'failed' ? `${answer.reason}: ${answer.message}` : answer.kind;
  };
  assert.match(said('Error: unknown flag: --raw\n', 1), /^unsupported: This Calico version has no such/);
  assert.match(
    said('OCI runtime exec failed: exec: "calico-node": executable file not found in $PATH: unknown\n', 126),
    /^unsupported: .*calico component node bpf/,
  );
  assert.match(
    said(
      '2026-05-10 10:59:28.4 [ERROR][1] x\n2026-05-10 10:59:28.415 [ERROR][1] node/counters.go 9: No such interface: x error=y\n',
      0,
    ),
    /^tool-error: The node has no such interface/,
  );
});

test('help text with status 0 means that the version has no such command', () => {
  const answer = judgeAnswer({
    stdout: 'Dumps NAT\n\nUsage:\n  x\n\nAvailable Commands:\n  dump\n',
    stderr: '',
    exitCode: 0,
  });
  assert.ok(answer.kind === 'failed');
  assert.equal(answer.reason, 'unsupported');
});

test('chatter on stderr is no failure, and neither is an empty answer', () => {
  const chatter =
    'W1121 04:11:52.283 1 feature_gate.go:241] Setting GA feature gate\n2026-05-10 10:59:28.353 [INFO][2445] confd/maps.go 344: Loaded map file descriptor.\n';
  assert.equal(judgeAnswer({ stdout: '', stderr: chatter, exitCode: 0 }).kind, 'answered');
  assert.equal(judgeAnswer({ stdout: '', stderr: '', exitCode: undefined }).kind, 'answered');
});

test('what was printed before an error is an answer', () => {
  const stderr =
    '2026-05-10 10:59:28.420 [ERROR][2481] confd/counters.go 111: Failed to dump interface lo error=x\n';
  assert.equal(judgeAnswer({ stdout: 'dumped eth0 counters.\n', stderr, exitCode: 0 }).kind, 'answered');
});

test('a status other than 0 without a word is a failure that says so', () => {
  const answer = judgeAnswer({ stdout: '', stderr: '', exitCode: 137 });
  assert.ok(answer.kind === 'failed');
  assert.match(answer.message, /status 137.*without a word/);
});

for (const recording of recordingNames) {
  test(`every probe of ${recording} that printed nothing but an error is judged a failure, every other an answer`, async () => {
    const outputs = await recordedOutputs(recording);
    const commands =
      /^(?:arp|conntrack\.(?:dump|stats)|counters|ifstate|ipsets|nat|policy\.dump|routes|version)/;
    const probes = new Set(
      outputs.filter(({ probe }) => commands.test(probe)).map(({ node, probe }) => `${node} ${probe}`),
    );
    let failures = 0;
    for (const each of probes) {
      const [node, probe] = each.split(' ');
      const find = (stream: string) =>
        outputs.find((output) => output.node === node && output.probe === probe && output.stream === stream)
          ?.text ?? '';
      const [stdout, stderr] = [find('out'), find('err')];
      const { kind } = judgeAnswer({ stdout, stderr, exitCode: 0 });
      const hasNoPolicy = /bpf\/policy\/\S+\.json: no such file/.test(stderr);
      const isFailure =
        stdout.includes('Available Commands:') ||
        (stdout.trim() === '' && !hasNoPolicy && /ERROR|FATAL|level=(?:error|fatal)/.test(stderr));
      assert.equal(kind, isFailure ? 'failed' : 'answered', each);
      if (isFailure) failures++;
    }
    assert.ok(probes.size > 50 && failures > 0);
  });
}
