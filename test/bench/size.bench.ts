/** What the packed extension weighs, and each bundle in it. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { report, round } from './report.ts';

const dist = join(import.meta.dirname, '..', '..', 'dist');
const vsix = process.env['CALICO_EBPF_VSIX'];
const bundles = readdirSync(dist).filter((file) => file.endsWith('.cjs'));

report('size', [
  ...(vsix === undefined ? [] : [{ file: 'calico-ebpf.vsix', KB: kilobytes(vsix), target: '1500' }]),
  ...bundles.map((file) => ({ file: `dist/${file}`, KB: kilobytes(join(dist, file)), target: '' })),
]);

function kilobytes(path: string): number {
  return round(statSync(path).size / 1000);
}
