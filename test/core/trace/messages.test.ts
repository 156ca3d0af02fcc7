import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readMessage } from '../../../src/core/trace/event.ts';
import { TraceReader } from '../../../src/core/trace/reader.ts';
import { connectForms, messageForms, type MessageForm } from './calicoMessages.ts';
import { cleanerEntries, cleanerForms, rareConnectForms, rareForms } from './rareMessages.ts';

/** How a version prints addresses and what it puts before its messages. */
interface Style {
  readonly title: string;
  readonly minor: number;
  readonly address: (value: number) => string;
  /** What an address is read as. */
  readonly read: (value: number) => string;
  readonly isIpv6?: boolean;
}

const hexadecimal = (value: number) => value.toString(16);
const dotted = (value: number) =>
  [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255].join('.');
const halves = (value: number) => [(value >>> 16).toString(16), (value & 0xffff).toString(16)] as const;
const plainGroups = (value: number) => {
  const [high, low] = halves(value);
  return `fd00:0000:0000:0000:0000:0000:${high.padStart(4, '0')}:${low.padStart(4, '0')}`;
};
const groups = (value: number) => `[${plainGroups(value)}]`;
const compressed = (value: number) => {
  const [high, low] = halves(value);
  if (high !== '0') return `fd00::${high}:${low}`;
  return low === '0' ? 'fd00::' : `fd00::${low}`;
};
const partial = (value: number) => (value === 0 ? '::' : `…:${halves(value).join(':')}`);

const minors = [22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33];
const styles: readonly Style[] = [
  ...minors
    .filter((minor) => minor <= 32)
    .map((minor) => ({ title: `v3.${minor} without BTF`, minor, address: hexadecimal, read: dotted })),
  ...minors
    .filter((minor) => minor >= 30)
    .map((minor) => ({ title: `v3.${minor} with BTF`, minor, address: dotted, read: dotted })),
  ...minors
    .filter((minor) => minor >= 25)
    .map((minor) => ({
      title: `v3.${minor} for IPv6`,
      minor,
      address: minor < 30 ? hexadecimal : groups,
      read: minor < 30 ? partial : compressed,
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
    .replaceAll('%g', plainGroups(word))
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

const ofStyle = (forms: readonly MessageForm[], { minor }: Style) =>
  forms.filter(({ since, until }) => since <= minor && minor <= until);

for (const style of styles) {
  const own = ofStyle([...messageForms, ...rareForms], style);
  test(`understands all ${own.length} messages of ${style.title}, whatever their values`, () => {
    fc.assert(
      fc.property(value, (values) =>
        checkUnderstood(own.map((form) => prefixOf(form, style, values) + print(form.format, style, values))),
      ),
      { numRuns: 20 },
    );
  });

  test(`reads the values of each message of ${style.title}`, () => {
    fc.assert(
      fc.property(value, (values) => {
        for (const { format } of own) checkValues(format, style, values);
      }),
      { numRuns: 20 },
    );
  });
}

/** Two words in a row, and what is printed in the order of the network, are no plain values. */
const isPlain = (format: string) => !/%x%x|\(BE\)|HOST_IP|FIB mark|DENY/.test(format);

function checkValues(format: string, style: Style, values: Value): void {
  if (!isPlain(format)) return;
  const text = print(format, style, values);
  const event = readMessage(text, { start: 0, end: text.length }, style.isIpv6 === true);
  assert.ok(event, text);
  const printed = [...format.matchAll(/%[adglxs]/g)].map(([code]) => code);
  const read = Object.entries(event).flatMap(([key, part]) => (key === 'kind' ? [] : [part]));
  // Numbers and words that stand in the format are read, too.
  let at = 0;
  for (const part of read) if (at < printed.length && isRead(printed[at], part, style, values)) at++;
  assert.equal(at, printed.length, `${text}: ${JSON.stringify(event)}`);
}

function isRead(code: string | undefined, part: unknown, style: Style, values: Value): boolean {
  const { number, word, long, name } = values;
  const readAs: Readonly<Record<string, readonly unknown[]>> = {
    '%a': [style.read(word), style.address(word)],
    '%g': [compressed(word)],
    '%d': [number, String(number)],
    '%x': [word, word.toString(16), dotted(word), partial(word)],
    '%l': [Number(long)],
    '%s': [name],
  };
  return code !== undefined && readAs[code]?.includes(part) === true;
}

for (const style of styles) {
  const own = ofStyle([...connectForms, ...rareConnectForms], style);
  const family = style.isIpv6 === true ? 'IPv6 ' : '';
  const prefixes = style.minor <= 24 ? ['CALI-C: '] : [`${family}CTLB------------: `];
  if (style.minor >= 30) prefixes.push('CTLB-V46--------: ', 'CTLB-V6---------: ');
  test(`understands what connect-time programs of ${style.title} print`, () => {
    fc.assert(
      fc.property(value, fc.constantFrom(...prefixes), (values, prefix) =>
        checkUnderstood(own.map(({ format }) => prefix + print(format, style, values))),
      ),
      { numRuns: 20 },
    );
  });
}

for (const style of styles.filter(({ minor }) => minor >= 30)) {
  const own = [...ofStyle(cleanerForms, style).map(({ format }) => format), ...cleanerEntries];
  test(`understands what the cleaner of conntrack of ${style.title} prints`, () => {
    fc.assert(
      fc.property(value, (values) =>
        checkUnderstood(own.map((format) => `CT-CLEANER------: ${print(format, style, values)}`)),
      ),
      { numRuns: 20 },
    );
  });
}
