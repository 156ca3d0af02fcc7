/** A reporter for `node --test` that prints nothing but the tests that failed, with where and why. */
import { inspect } from 'node:util';

export default async function* testFailures(events) {
  for await (const { type, data } of events) {
    if (type !== 'test:fail' || data.details?.error?.failureType === 'subtestsFailed') continue;
    const cause = data.details?.error?.cause ?? data.details?.error;
    yield `\n✖ ${data.name}\n  ${data.file ?? ''}:${data.line ?? ''}\n${indent(inspect(cause))}\n`;
  }
}

function indent(text) {
  return text.replace(/^/gm, '  ');
}
