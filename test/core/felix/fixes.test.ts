import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fields } from '../../../src/core/felix/fields.ts';
import { judgeValue } from '../../../src/core/felix/judge.ts';
import { readReplacement, replacedAt } from '../../../src/core/felix/replacement.ts';
import { newestVersion } from '../../../src/core/felix/versions.ts';
import { readVerdicts } from './verdicts.ts';
import { readYaml } from './yaml.ts';

test('what a fix writes is never complained of again', () => {
  let fixes = 0;
  for (const [key, text] of readVerdicts().flatMap(({ cases }) => cases)) {
    const field = fields.get(key);
    const value = readYaml(text);
    if (field === undefined || value === undefined) continue;
    for (const { fix, path } of judgeValue(field, value, newestVersion)) {
      if (fix?.kind !== 'replace') continue;
      const written = readReplacement(fix.replacement);
      assert.ok(written !== undefined, fix.replacement);
      const left = judgeValue(field, replacedAt(value, path, written), newestVersion);
      const still = left.filter((each) => each.verdict !== 'advice' && String(each.path) === String(path));
      assert.deepEqual(still, [], `${key}: ${text} → ${fix.replacement}`);
      fixes += 1;
    }
  }
  assert.ok(fixes > 500, String(fixes));
});
