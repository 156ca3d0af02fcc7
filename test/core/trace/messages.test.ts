import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { TraceReader } from '../../../src/core/trace/reader.ts';
import { connectForms, messageForms, type MessageForm } from './calicoMessages.ts';

/** How a version prints addresses and what it puts before its messages. */
interface Style {
  readonly title: string;
  readonly minor: number;
  readonly address: (value: number) => string;
  readonly isIpv6?: boolean;
}

const hexadecimal = (value: number) => value.toString(16);
const dotted = (value: number) =>
  [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255].join('.');
const groups = (value: number) => {
  const [high, low] = [(value >>> 16).toString(16), (value & 0xffff).toString(16)];
  return `[fd00:0000:0000:0000:0000:0000:${high.padStart(4, '0')}:${low.padStart(4, '0')}]`;
};

const minors = [22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33];
const styles: readonly Style[] = [
  ...minors
    .filter((minor) => minor <= 32)
    .map((minor) => ({ title: `v3.${minor} without BTF`, minor, address: hexadecimal })),
  ...minors
    .filter((minor) => minor >= 30)
    .map((minor) => ({ title: `v3.${minor} with BTF`, minor, address: dotted })),
  ...minors
    .filter((minor) => minor >= 25)
    .map((minor) => ({
      title: `v3.${minor} for IPv6`,
      minor,
      address: minor < 30 ? hexadecimal : groups,
      isIpv6: true,
    })),
];

const names = ['eth0', 'cali6d2111c0d58', 'vxlan.calico', 'bond0.100', 'lo', 'bpfin.cali', 'cali-a-b'];
const value = fc.record({
  number: fc.nat({ max: 65_535 }),
  word: fc.nat({ max: 0xffffffff }),
  long: fc.bigInt({ min: 0n, max: 1n << 50n }),
  name: fc.constantFrom(...names),
});
type Value = typeof value extends fc.Arbitrary<infer V> ? V : never;

function print(format: string, { minor, address }: Style, { number, word, long, name }: Value): string {
  return format
    .replace('{CT}', minor <= 24 ? 'CT-17 ' : 'CT: ')
    .replaceAll('%a', address(word))
    .replaceAll('%d', String(number))
    .replaceAll('%x', word.toString(16))
    .replaceAll('%l', String(long))
    .replaceAll('%s', name);
}

function prefixOf({ hasPrefix }: MessageForm, { minor, isIpv6 }: Style, { name, number }: Value): string {
  if (!hasPrefix) return '';
  const length = minor <= 24 ? 8 : 15;
  const direction = ['I', 'E', 'X'][number % 3] ?? 'I';
  return `${isIpv6 === true ? 'IPv6 ' : ''}${name.slice(0, length).padEnd(length, '-')}-${direction}: `;
}

const headers = [
  '          <idle>-0       [001] ..s2.  7712.104987: bpf_trace_printk: ',
  ' npm i some-pack-21034   [003] b.s1  7712.104512: 0: ',
  '    kworker/u8:2-9       [012] .Ns1  6851.690474: 0x00000001: ',
];

function checkUnderstood(lines: readonly string[]): void {
  const reader = new TraceReader();
  reader.push(lines.map((line, index) => `${headers[index % headers.length]}${line}\n\n`).join(''));
  reader.end();
  assert.deepEqual(reader.unknown.templates, []);
  const { lines: read, unknownLines, foreignLines, otherLines } = reader.counts;
  assert.deepEqual([read, unknownLines, foreignLines, otherLines], [lines.length, 0, 0, 0]);
}

for (const style of styles) {
  const own = messageForms.filter(({ since, until }) => since <= style.minor && style.minor <= until);
  test(`understands all ${own.length} messages of ${style.title}, whatever their values`, () => {
    fc.assert(
      fc.property(value, (values) =>
        checkUnderstood(own.map((form) => prefixOf(form, style, values) + print(form.format, style, values))),
      ),
      { numRuns: 20 },
    );
  });
}

for (const style of styles.filter(({ isIpv6 }) => isIpv6 !== true)) {
  const own = connectForms.filter(({ since, until }) => since <= style.minor && style.minor <= until);
  const prefixes = style.minor <= 24 ? ['CALI-C: '] : ['CTLB------------: '];
  if (style.minor >= 30) prefixes.push('CTLB-V46--------: ');
  test(`understands what connect-time programs of ${style.title} print`, () => {
    fc.assert(
      fc.property(value, fc.constantFrom(...prefixes), (values, prefix) =>
        checkUnderstood(own.map(({ format }) => prefix + print(format, style, values))),
      ),
      { numRuns: 20 },
    );
  });
}
