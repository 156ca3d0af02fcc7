import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { judgeBlank } from '../../../src/core/dump/blank.ts';
import { readDump } from '../../../src/core/dump/readers.ts';
import { readCells, splitCells } from '../../../src/core/table/cellLines.ts';
import { hasTable } from '../../../src/core/table/readTable.ts';
import { TableService } from '../../../src/core/table/service.ts';
import { changedStretch, changes, picked } from '../../support/changes.ts';
import { recordedOutputs, recordingNames } from '../../support/recordings.ts';

interface Recorded {
  readonly probe: string;
  readonly text: string;
}

/** Of each kind of dump of each version that has a table, the longest one. */
const kinds = new Map<string, Recorded>();
for (const recording of recordingNames) {
  for (const { probe, stream, text } of await recordedOutputs(recording)) {
    if (stream !== 'out' || !hasTable(probe)) continue;
    const kind = `${recording.split('-')[0] ?? ''} ${probe.replace(/^(counters\.dump|nat\.dump)\.[^.]*\d.*?(?=$|\.json)/, '$1')}`;
    if (text.length > (kinds.get(kind)?.text.length ?? 0)) kinds.set(kind, { probe, text });
  }
}

/** Opens the text as a table and asks for all that a view asks for; answers how many rows and problems there are. */
function use({ probe, text }: Recorded): { readonly rows: number; readonly problems: number } {
  const service = new TableService();
  service.begin({ side: 0, probe });
  const bytes = new TextEncoder().encode(text);
  const half = Math.floor(bytes.length / 2);
  service.push({ side: 0, bytes: bytes.slice(0, half) });
  service.push({ side: 0, bytes: bytes.slice(half) });
  const { problems, rowCount, hasRules } = service.read({ probe });
  if (hasRules) service.judge({ node: 'node-a' });
  const columns = service.name([]).map(({ id }) => id);
  for (const id of columns) {
    const shown = service.show({ filter: '', sort: [{ id, direction: 'descending' }] });
    assert.equal(shown.count, rowCount, id);
  }
  const lines = splitCells(service.cellLines({ start: 0, end: rowCount, columns }));
  assert.equal(lines.length, rowCount);
  for (const line of lines) assert.equal(readCells(line).texts.length, columns.length);
  service.show({ filter: '10 -1 "a"', sort: [] });
  if (rowCount > 0) assert.ok(service.line(0).line <= text.split('\n').length);
  return { rows: rowCount, problems: problems.length };
}

/** Dumps in which each entry is one row. */
const isFlat = (probe: string) => /^(?:conntrack\.dump|routes\.dump|arp\.dump|ifstate\.dump)/.test(probe);

test('1,000 changed copies of dumps are tables that can be sorted, filtered, judged and shown', () => {
  const all = [...kinds.values()];
  assert.ok(all.length > 50, String(all.length));
  fc.assert(
    fc.property(changes, (made) => {
      const { probe, text: whole } = picked(all, made) ?? { probe: '', text: '' };
      const text = changedStretch(whole, made);
      const dump = readDump(probe, text);
      const { rows, problems } = use({ probe, text });
      // Of nothing at all its view tells.
      const blank = judgeBlank(probe, text) === undefined ? 0 : 1;
      assert.equal(problems + blank, dump?.problems.length, probe);
      if (isFlat(probe)) assert.equal(rows, dump?.entries.length);
    }),
    { numRuns: 1000, seed: 1 },
  );
});
