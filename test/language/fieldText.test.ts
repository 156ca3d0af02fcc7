import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fields, fieldsIn, valuesIn } from '../../src/core/felix/fields.ts';
import { formatVersion, nextVersion } from '../../src/core/felix/versions.ts';
import { describeField } from '../../src/language/fieldText.ts';
import { toSurroundings } from '../../src/language/surroundings.ts';

const lines = Array.from({ length: nextVersion.minor - 22 + 1 }, (_, index) => ({
  major: 3,
  minor: 22 + index,
  patch: 0,
}));

for (const version of lines)
  test(`explains every key that Calico ${formatVersion(version)} has, and its values`, () => {
    const surroundings = toSurroundings(formatVersion(version), undefined);
    for (const field of fieldsIn(version)) {
      const text = describeField(field, surroundings);
      assert.ok(text.startsWith(`**${field.name}** · ${field.type}`), text);
      assert.ok(field.summary.length > 10, `${field.name} has a summary`);
      assert.ok(text.includes(field.description));
      assert.match(text, /Default: /);
      assert.ok(!text.includes('undefined'), text);
      for (const { value } of valuesIn(field, version))
        assert.ok(text.includes(`- \`${value}\` – `), `${field.name}: ${value}`);
    }
  });

test('says every fact in a sentence, without the regular expressions of the CRD', () => {
  for (const { name, notes, fields: parts } of fields.values())
    for (const note of [...notes, ...parts.flatMap((part) => part.notes ?? [])]) {
      assert.match(note, /^[A-Z`\d].*\.$/, name);
      assert.doesNotMatch(note, /[^ ]\]\{\d|\\[wd]|\bfelix\b(?!\.cfg)/, name);
    }
});
