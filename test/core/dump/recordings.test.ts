import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readDump, readableProbes } from '../../../src/core/dump/readers.ts';
import { sectionsOf } from '../../../src/core/dump/sections.ts';
import { dumpLanguages } from '../../../src/core/probes.ts';
import { changedStretch, changes, picked } from '../../support/changes.ts';
import { readPacked, recordedOutputs, recordingNames } from '../../support/recordings.ts';

/** Each text once, with a probe that printed it and where that was recorded. */
const texts = new Map<
  string,
  { readonly probe: string; readonly version: string; readonly recordings: Set<string> }
>();
/** A version that lacks a command prints its parent's help instead. */
const isHelp = (text: string) => text.includes('Available Commands:');

for (const recording of recordingNames) {
  test(`every dump of ${recording} parses without a problem`, async () => {
    let read = 0;
    for (const { node, probe, stream, text } of await recordedOutputs(recording)) {
      if (stream === 'err') continue;
      const dump = readDump(probe, text);
      if (dump === undefined) continue;
      const version = recording.split('-')[0] ?? '';
      const known = texts.get(text) ?? { probe, version, recordings: new Set() };
      known.recordings.add(recording);
      texts.set(text, known);
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

/** How many cut-offs of each dump are tried. All of them, seven million, take an hour: `CALICO_EBPF_EVERY_CUT=1`. */
const cutsEach = process.env['CALICO_EBPF_EVERY_CUT'] === undefined ? 60 : Number.POSITIVE_INFINITY;

test('cut-offs all over every dump are read without a throw, and keep what stands before the cut', () => {
  assert.ok(texts.size > 100);
  for (const [text, { probe }] of texts)
    checkCuts(text, probe, Math.max(1, Math.floor(text.length / cutsEach)));
});

function checkCuts(text: string, probe: string, step: number): void {
  const whole = readDump(probe, text);
  for (let end = 0; end < text.length; end += step) {
    const cut = readDump(probe, text.slice(0, end));
    assert.ok(cut !== undefined && whole !== undefined);
    // What ends before the last whole line cannot have changed.
    const safe = text.lastIndexOf('\n', end - 1);
    const before = whole.spans.filter((span) => span.end < safe).length;
    assert.ok(cut.entries.length >= before, `${probe} cut at ${end}: ${cut.entries.length} < ${before}`);
    for (const { span } of cut.problems)
      assert.ok(span.start <= span.end && span.end <= end, `${probe} ${end}`);
  }
}

test('outlines of cut-off dumps never reach beyond the text', () => {
  for (const [text, { probe }] of texts) {
    if (!probe.startsWith('nat.dump') && !probe.startsWith('ipsets')) continue;
    const language = probe.startsWith('nat') ? 'calico-bpf-nat' : 'calico-bpf-ipsets';
    const cut = text.slice(0, text.length / 2);
    for (const { span } of sectionsOf(language, cut)) assert.ok(span.end <= cut.length);
  }
});

test('lines that end in CRLF give the same entries', () => {
  for (const [text, { probe }] of texts) {
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

test('of the beginning of each kind of dump of each version every cut-off is read, and keeps what stands before', () => {
  const kinds = new Map<string, readonly [text: string, probe: string]>();
  for (const [text, { probe, version }] of texts) {
    // What stands behind the command are interfaces and addresses.
    const kind = `${version} ${probe.replace(/^(policy\.dump|counters\.dump|nat\.dump)\.[^.]*\d.*?(?=$|\.(?:all|json|asm))/, '$1')}`;
    const known = kinds.get(kind)?.[0].length ?? 0;
    if (known < beginning && text.length > known) kinds.set(kind, [text, probe]);
  }
  assert.ok(kinds.size > 80, String(kinds.size));
  for (const [text, probe] of kinds.values()) checkCuts(text.slice(0, beginning), probe, 1);
});

/** So much of a dump holds several of its lines, or of the objects of JSON. */
const beginning = 600;

for (const recording of recordingNames) {
  test(`1,000 changed copies of dumps of ${recording} are read without a throw, with problems in their places`, () => {
    const own = [...texts].filter(([, { recordings }]) => recordings.has(recording));
    fc.assert(
      fc.property(changes, (made) => {
        const [whole = '', { probe } = nowhere] = picked(own, made) ?? [];
        const text = changedStretch(whole, made);
        const dump = readDump(probe, text);
        assert.ok(dump !== undefined);
        for (const { span } of dump.problems) {
          assert.ok(
            span.start >= 0 && span.start <= span.end && span.end <= text.length,
            JSON.stringify(span),
          );
        }
        assert.equal(dump.spans.length, dump.entries.length);
      }),
      { numRuns: 1000, seed: 1 },
    );
  });
}

const nowhere = { probe: 'nat.dump' };
