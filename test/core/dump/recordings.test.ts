import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readDump, readableProbes } from '../../../src/core/dump/readers.ts';
import { sectionsOf } from '../../../src/core/dump/sections.ts';
import { dumpLanguages } from '../../../src/core/probes.ts';
import { readPacked, recordedOutputs, recordingNames } from '../../support/recordings.ts';

/** Each text once, with a probe that printed it. */
const texts = new Map<string, string>();
/** A version that lacks a command prints its parent's help instead. */
const isHelp = (text: string) => text.includes('Available Commands:');

for (const recording of recordingNames) {
  test(`every dump of ${recording} parses without a problem`, async () => {
    let read = 0;
    for (const { node, probe, stream, text } of await recordedOutputs(recording)) {
      if (stream === 'err') continue;
      const dump = readDump(probe, text);
      if (dump === undefined) continue;
      texts.set(text, probe);
      read++;
      if (isHelp(text))
        assert.deepEqual(
          dump.problems.map(({ code }) => code),
          ['foreign'],
          `${node} ${probe}`,
        );
      else assert.deepEqual(dump.problems, [], `${node} ${probe}`);
      assert.equal(dump.spans.length, dump.entries.length);
    }
    assert.ok(read > 30, `${read} dumps were read`);
  });
}

test('50,000 conntrack entries, pretty and raw, parse without a problem', () => {
  const pretty = readDump('conntrack.dump', readPacked('big.conntrack.dump.out.gz'));
  assert.deepEqual([pretty?.entries.length, pretty?.problems], [50_000, []]);
  const raw = readDump('conntrack.dump.raw', readPacked('big.conntrack.dump.raw.out.gz'));
  assert.deepEqual([raw?.entries.length, raw?.problems], [20_000, []]);
});

test('a NAT dump that does not end is read up to a stated limit', () => {
  const dump = readDump('nat.dump', readPacked('nat.dump.endless-v3.26.5.out.gz'));
  assert.deepEqual(
    dump?.problems.map(({ code }) => code),
    ['limit'],
  );
  assert.ok((dump?.entries.length ?? 0) > 10);
});

test('every cut-off of every dump is read without a throw, and keeps what stands before the cut', () => {
  assert.ok(texts.size > 100);
  for (const [text, probe] of texts) {
    const whole = readDump(probe, text);
    const step = Math.max(1, Math.floor(text.length / 60));
    for (let end = 0; end < text.length; end += step) {
      const cut = readDump(probe, text.slice(0, end));
      assert.ok(cut !== undefined && whole !== undefined);
      // What ends before the last whole line cannot have changed.
      const safe = text.lastIndexOf('\n', end - 1);
      const before = whole.spans.filter((span) => span.end < safe).length;
      assert.ok(cut.entries.length >= before, `${probe} cut at ${end}: ${cut.entries.length} < ${before}`);
    }
  }
});

test('outlines of cut-off dumps never reach beyond the text', () => {
  for (const [text, probe] of texts) {
    if (!probe.startsWith('nat.dump') && !probe.startsWith('ipsets')) continue;
    const language = probe.startsWith('nat') ? 'calico-bpf-nat' : 'calico-bpf-ipsets';
    const cut = text.slice(0, text.length / 2);
    for (const { span } of sectionsOf(language, cut)) assert.ok(span.end <= cut.length);
  }
});

test('lines that end in CRLF give the same entries', () => {
  for (const [text, probe] of texts) {
    if (isHelp(text)) continue;
    const plain = readDump(probe, text);
    const carriage = readDump(probe, text.replaceAll('\n', '\r\n'));
    assert.deepEqual(carriage?.problems, [], probe);
    assert.equal(withoutSpans(carriage?.entries), withoutSpans(plain?.entries), probe);
  }
});

/** Entries as text; the places in them differ with the line ends. */
function withoutSpans(entries: readonly unknown[] | undefined): string {
  return JSON.stringify(entries, (key, value: unknown) => {
    if (key === 'span') return undefined;
    return typeof value === 'bigint' ? `${value}n` : value;
  });
}

test('random text is read without a throw, by every reader and every outline', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      for (const probe of readableProbes) readDump(probe, text);
      for (const language of dumpLanguages) sectionsOf(language, text);
    }),
    { numRuns: 300 },
  );
});

test('texts made to be slow take no longer than others of their length', () => {
  const pieces = [
    '{\n',
    '[{',
    '{},',
    '{\n"a":1}\n',
    '{"a":"',
    '"',
    ' ',
    '\t',
    ': ',
    'a ',
    '0x1,',
    '// Start of rule a:{',
    '|',
    '2',
  ];
  for (const piece of pieces) {
    // Quadratic time would show as minutes. What the machine does beside does not count.
    const text = `${piece.repeat(Math.ceil(150_000 / piece.length))}x`;
    for (const probe of readableProbes) {
      const before = process.cpuUsage();
      readDump(probe, text);
      const took = process.cpuUsage(before).user / 1000;
      assert.ok(took < 5000, `${probe} took ${took} ms for ${JSON.stringify(piece)}`);
    }
  }
});

test('changed bytes of real dumps are read without a throw', () => {
  const samples = [...texts].filter(([text]) => text.length < 4000);
  const change = fc.tuple(
    fc.nat(samples.length - 1),
    fc.nat(3999),
    fc.string({ unit: 'binary', maxLength: 3 }),
  );
  fc.assert(
    fc.property(change, ([index, at, replacement]) => {
      const [text, probe] = samples[index] ?? ['', 'nat.dump'];
      readDump(probe, text.slice(0, at) + replacement + text.slice(at + replacement.length));
    }),
    { numRuns: 2000 },
  );
});
