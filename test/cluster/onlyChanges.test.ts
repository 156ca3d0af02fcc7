import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const src = join(import.meta.dirname, '..', '..', 'src');

test('nothing but cluster/changes.ts orders a change of the cluster', () => {
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  const ordering = files.filter((file) =>
    /isDryRun: (?:true|false)/.test(readFileSync(join(src, file), 'utf8')),
  );
  assert.deepEqual(ordering, [join('cluster', 'changes.ts')]);
});
