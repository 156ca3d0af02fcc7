import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readDump } from '../../src/core/dump/readers.ts';
import { checkColoured, grammars } from './coloured.ts';

// Dumps in the forms of versions without a recording, written after what Calico's source prints: `<probe>.<version>.txt`.
const folder = join(import.meta.dirname, 'forms');

for (const file of readdirSync(folder)) {
  const [, probe = '', version = ''] = /^(.+)\.(v\d[\d.]*)\.txt$/.exec(file) ?? [];
  const text = readFileSync(join(folder, file), 'utf8');

  test(`each word of ${probe} as ${version} prints it is coloured`, async () => {
    const [, name = ''] = grammars.find(([probes]) => probes.test(probe)) ?? [];
    assert.ok((await checkColoured(name, text.split('\n'), file)) > 1);
  });

  test(`${probe} as ${version} prints it is read without a problem`, () => {
    const dump = readDump(probe, text);
    assert.deepEqual(dump?.problems, []);
    assert.ok(dump.entries.length > 0);
  });
}
