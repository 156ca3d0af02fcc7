import type { CheckOutcome } from './coverage.ts';
import { listNodes, type Evidence, type Finding } from './finding.ts';
import { escapeMarkdown, fence, spellPlace, spellSubject } from './report.ts';

/** Where the raw text behind a fact can be opened, as a URI; `undefined` where it cannot. */
export type LinkTo = (evidence: Evidence) => string | undefined;

/** How a finding was come by, step by step from the raw lines, as Markdown. */
export function explainFinding(finding: Finding, check: CheckOutcome | undefined, linkTo: LinkTo): string {
  const { title, severity, subject, nodes, evidence, fix } = finding;
  const parts = [
    `# ${escapeMarkdown(title)}`,
    `${severity} · ${escapeMarkdown(spellSubject(subject))}${nodes.length === 0 ? '' : ` · on ${listNodes(nodes)}`}`,
    ...(check === undefined ? [] : [`## What was looked at\n\n${check.documentation.how}`]),
    `## What was seen\n\n${evidence.map((each, index) => step(each, index + 1, linkTo)).join('\n\n')}`,
    `## What follows\n\n${escapeMarkdown(title)}`,
    ...(check === undefined ? [] : [check.documentation.why]),
    `## What to do\n\n${escapeMarkdown(fix.text)}`,
    ...(fix.commands.length === 0 ? [] : [`\`\`\`sh\n${fix.commands.join('\n')}\n\`\`\``]),
    ...(fix.restarts === undefined ? [] : [`**This restarts something.** ${escapeMarkdown(fix.restarts)}`]),
    ...(check === undefined ? [] : [`## More\n\n${links(check)}`]),
  ];
  return `${parts.join('\n\n')}\n`;
}

function step(evidence: Evidence, number: number, linkTo: LinkTo): string {
  const target = linkTo(evidence);
  const place = escapeMarkdown(spellPlace(evidence));
  const time = evidence.time === undefined ? '' : `, ${evidence.time}`;
  const where = target === undefined ? place : `[${place}](${target})`;
  return `${number}. ${escapeMarkdown(evidence.shows)}\n\n   ${fence(evidence.value)}\n\n   ${where}${time}`;
}

function links({ documentation }: CheckOutcome): string {
  return documentation.links.map(({ title, url }) => `- [${title}](${url})`).join('\n');
}
