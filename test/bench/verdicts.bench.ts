/**
 * How far we agree with a real API server and with Felix on values of FelixConfiguration keys.
 * `CALICO_EBPF_VERDICTS` names a folder with other verdicts than those of the fixtures.
 */
import { scoreVerdicts } from '../core/felix/verdicts.ts';
import { report, round } from './report.ts';

const scores = scoreVerdicts(process.env['CALICO_EBPF_VERDICTS']);

report(
  'verdicts',
  scores.map(({ calico, total, agreed, missed, falseAlarms, otherReason }) => ({
    calico,
    values: total,
    'agreed %': round((agreed / total) * 100, 5),
    missed: missed.length,
    'false alarms': falseAlarms.length,
    'other reason': otherReason.length,
    target: '99.9',
  })),
);

const examples = 20;
for (const { calico, missed, falseAlarms, otherReason } of scores)
  for (const [title, lines] of Object.entries({
    missed,
    'false alarms': falseAlarms,
    'other reason': otherReason,
  }))
    if (lines.length > 0) console.log([`\n${title}, ${calico}`, ...lines.slice(0, examples)].join('\n  '));
