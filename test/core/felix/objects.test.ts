import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { judgeDocument } from '../../../src/core/felix/document.ts';
import { versionOf } from './check.ts';
import { readMap } from './yaml.ts';

interface Objects {
  readonly versions: readonly string[];
  readonly bodies: readonly (readonly [body: string, servers: readonly ('ok' | 'refused')[]])[];
}

const file = join(import.meta.dirname, '..', '..', 'fixtures', 'objects', 'felixconfigurations.json.gz');
const { versions, bodies }: Objects = JSON.parse(gunzipSync(readFileSync(file)).toString('utf8'));

for (const [index, calico] of versions.entries()) {
  test(`refuses the objects that the API server refuses with Calico ${calico}, and no other`, () => {
    const wrong = bodies.filter(([body, servers]) => {
      const document = readMap(`apiVersion: crd.projectcalico.org/v1\n${body}`);
      const findings = judgeDocument(document, { version: versionOf(calico) });
      const isRefused = findings.some(({ verdict }) => verdict === 'refused');
      return isRefused !== (servers[index] === 'refused');
    });
    assert.deepEqual(wrong, []);
  });
}
