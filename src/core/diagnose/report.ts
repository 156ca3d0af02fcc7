/** A report as text for a terminal, as Markdown for an issue or a chat, and as data for programs. */
import { spellAsked } from './asked.ts';
import type { CheckOutcome } from './coverage.ts';
import type { Report } from './diagnosis.ts';
import { listNodes, severities, type Evidence, type Finding, type Subject } from './finding.ts';

/** As data: the fields that the command line and assistants answer. */
export function toData({ findings, checks }: Pick<Report, 'findings' | 'checks'>) {
  return {
    findings: findings.map(({ check, severity, subject, title, nodes, evidence, fix }) => ({
      check,
      severity,
      subject,
      title,
      nodes,
      evidence: evidence.map(toEvidenceData),
      fix: [fix.text, ...fix.commands].join('\n'),
      ...(fix.restarts !== undefined && { restarts: fix.restarts }),
    })),
    checks: checks.map(({ id, status, why }) => ({ id, status, ...(why !== undefined && { why }) })),
  };
}

function toEvidenceData({ shows, value, at, time }: Evidence) {
  const place =
    at.kind === 'probe'
      ? { node: at.node, probe: at.probe, ...(at.line !== undefined && { line: at.line }) }
      : {
          resource: at.resource,
          ...(at.namespace !== undefined && { namespace: at.namespace }),
          name: at.name,
        };
  return { ...place, value, shows, ...(time !== undefined && { time }) };
}

/** For a terminal. */
export function toText({ findings, checks }: Report): string {
  const blocks = findings.map((finding) => {
    const { severity, title, nodes, evidence, fix, check } = finding;
    const lines = [
      `${severity.padEnd(11)}  ${title}`,
      `  about      ${spellSubject(finding.subject)}${nodes.length === 0 ? '' : `, on ${listNodes(nodes)}`} [${check}]`,
      ...evidence.slice(0, 3).map((each) => `  evidence   ${spellPlace(each)}: ${each.value}`),
      `  fix        ${fix.text}`,
      ...fix.commands.map((command) => `             ${command}`),
      ...(fix.restarts === undefined ? [] : [`  restarts   ${fix.restarts}`]),
    ];
    return lines.join('\n');
  });
  return `${[...blocks, summarize(findings, checks)].join('\n\n')}\n`;
}

/** `2 errors, 1 warning. 12 checks passed, 1 skipped: mtu (ip.link was not recorded).` */
export function summarize(findings: readonly Finding[], checks: readonly CheckOutcome[]): string {
  const counts = severities.flatMap((severity) => {
    const count = findings.filter((each) => each.severity === severity).length;
    return count === 0 ? [] : countOf(count, severity);
  });
  return `${counts.length === 0 ? 'Nothing found' : counts.join(', ')}. ${summarizeChecks(checks)}`;
}

function countOf(count: number, severity: string): string {
  if (severity === 'information') return `${count} for information`;
  return `${count} ${severity}${count === 1 ? '' : 's'}`;
}

/** How many checks passed, and what was skipped, with the reasons. */
export function summarizeChecks(checks: readonly CheckOutcome[]): string {
  const passed = checks.filter(({ status }) => status === 'passed').length;
  const skipped = checks.filter(({ status }) => status === 'skipped');
  const failed = checks.length - passed - skipped.length;
  if (passed === checks.length) return `All ${checks.length} checks passed.`;
  const parts = [
    `${passed} of ${checks.length} checks passed`,
    ...(failed === 0 ? [] : [`${failed} found something`]),
    ...(skipped.length === 0
      ? []
      : [`${skipped.length} skipped: ${skipped.map(({ id, why }) => `${id} (${why ?? ''})`).join('; ')}`]),
  ];
  return `${parts.join(', ')}.`;
}

/** For an issue or a chat. */
export function toMarkdown({ cluster, about, findings, checks }: Report): string {
  return `${[
    `# Calico eBPF: diagnosis of ${about === undefined ? cluster : `${spellAsked(about)} in ${cluster}`}`,
    summarize(findings, checks),
    ...findings.map((finding) => findingMarkdown(finding)),
    '## Checks',
    ['| Check | Result | |', '|---|---|---|', ...checks.map(checkRow)].join('\n'),
  ].join('\n\n')}\n`;
}

function findingMarkdown(finding: Finding): string {
  const { severity, title, nodes, evidence, fix, subject, check } = finding;
  const about = `${spellSubject(subject)}${nodes.length === 0 ? '' : ` · on ${listNodes(nodes)}`} · \`${check}\``;
  return [
    `## ${severity[0]?.toUpperCase()}${severity.slice(1)}: ${escapeMarkdown(title)}`,
    about,
    evidence
      .map((each) => `- ${escapeMarkdown(each.shows)} (${spellPlace(each)})\n  ${fence(each.value)}`)
      .join('\n'),
    `**Fix.** ${escapeMarkdown(fix.text)}`,
    ...(fix.commands.length === 0 ? [] : [`\`\`\`sh\n${fix.commands.join('\n')}\n\`\`\``]),
    ...(fix.restarts === undefined ? [] : [`Restarts: ${escapeMarkdown(fix.restarts)}`]),
  ].join('\n\n');
}

function checkRow({ title, status, why }: CheckOutcome): string {
  return `| ${title} | ${status} | ${escapeMarkdown(why ?? '').replaceAll('|', '\\|')} |`;
}

/** `pod shop/cart-m8t2l`, `interface eth0 of node-b` */
export function spellSubject({ kind, name, namespace, node }: Subject): string {
  const full = namespace === undefined || namespace === '' ? name : `${namespace}/${name}`;
  return `${kind} ${full}${kind === 'interface' && node !== undefined ? ` of ${node}` : ''}`;
}

/** `nat.dump of node-a, line 12`, `services shop/cart` */
export function spellPlace({ at }: Evidence): string {
  if (at.kind === 'probe')
    return `${at.probe} of ${at.node}${at.line === undefined ? '' : `, line ${at.line}`}`;
  return `${at.resource} ${at.namespace === undefined ? '' : `${at.namespace}/`}${at.name}`;
}

/** Code in backticks, as many as it takes. */
export function fence(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const ticks = '`'.repeat(longest + 1);
  const pad = longest > 0 ? ' ' : '';
  return `${ticks}${pad}${text.replaceAll('\n', ' ')}${pad}${ticks}`;
}

/** What a cluster or a tool said must not become markup or a link. */
export function escapeMarkdown(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]<>#|]/g, (character) => `\\${character}`);
}
