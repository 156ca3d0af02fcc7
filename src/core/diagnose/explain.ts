import type { CheckOutcome } from './coverage.ts';
import type { Span } from '../text/problem.ts';
import { listNodes, type Evidence, type Finding } from './finding.ts';
import { escapeMarkdown, fence, spellPlace, spellSubject } from './report.ts';

/** How a finding was come by, step by step from the raw lines, as Markdown. */
export function explainFinding(finding: Finding, check: CheckOutcome | undefined): string {
  const { title, severity, nodes, evidence, fix } = finding;
  const parts = [
    `# ${escapeMarkdown(title)}`,
    `${severity} · ${subjectOf(finding)}${nodes.length === 0 ? '' : ` · on ${listNodes(nodes)}`}`,
    ...(check === undefined ? [] : [`## What was looked at\n\n${check.documentation.how}`]),
    `## What was seen\n\n${evidence.map((each, index) => step(each, index + 1)).join('\n\n')}`,
    `## What follows\n\n${escapeMarkdown(title)}`,
    ...(check === undefined ? [] : [check.documentation.why]),
    `## What to do\n\n${escapeMarkdown(fix.text)}`,
    ...(fix.commands.length === 0 ? [] : [`\`\`\`sh\n${fix.commands.join('\n')}\n\`\`\``]),
    ...(fix.restarts === undefined ? [] : [`**This restarts something.** ${escapeMarkdown(fix.restarts)}`]),
    ...(check === undefined ? [] : [`## More\n\n${links(check)}`]),
  ];
  return `${parts.join('\n\n')}\n`;
}

function subjectOf({ subject }: Pick<Finding, 'subject'>): string {
  return escapeMarkdown(spellSubject(subject));
}

/** Where an explanation says what it is about: what leads there is no part of the text. */
export function findSubject(
  explanation: string,
  finding: Pick<Finding, 'subject' | 'severity'>,
): Span | undefined {
  const before = `\n${finding.severity} · `;
  const subject = subjectOf(finding);
  const at = explanation.indexOf(`${before}${subject}`);
  if (at === -1) return undefined;
  const start = at + before.length;
  return { start, end: start + subject.length };
}

function step(evidence: Evidence, number: number): string {
  const time = evidence.time === undefined ? '' : `, ${evidence.time}`;
  const where = `${placeOf(evidence)}${time}`;
  return `${number}. ${escapeMarkdown(evidence.shows)}\n\n   ${fence(evidence.value)}\n\n   ${where}`;
}

function placeOf(evidence: Evidence): string {
  return escapeMarkdown(spellPlace(evidence));
}

/** Where an explanation says from where each piece of evidence is: what leads there is no part of the text. */
export function findPlaces(
  explanation: string,
  { evidence }: Pick<Finding, 'evidence'>,
): readonly { readonly span: Span; readonly evidence: Evidence }[] {
  let from = 0;
  return evidence.flatMap((each) => {
    const place = placeOf(each);
    const before = explanation.indexOf(`\n   ${place}`, from);
    if (before === -1) return [];
    const end = before + '\n   '.length + place.length;
    from = end;
    return [{ span: { start: end - place.length, end }, evidence: each }];
  });
}

function links({ documentation }: CheckOutcome): string {
  return documentation.links.map(({ title, url }) => `- [${title}](${url})`).join('\n');
}
