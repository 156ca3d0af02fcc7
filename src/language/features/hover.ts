import { MarkupKind } from 'vscode-languageserver';
import type { Hover, Position } from 'vscode-languageserver';
import { valuesIn } from '../../core/felix/fields.ts';
import { describeField } from '../fieldText.ts';
import type { InstallationField } from '../objects/installation.ts';
import type { OpenDocument } from '../openDocument.ts';
import { subjectAt } from '../subject.ts';
import type { Subject } from '../subject.ts';
import type { Surroundings } from '../surroundings.ts';
import { trimmed } from '../yaml/trim.ts';

export function hoverAt(
  document: OpenDocument,
  position: Position,
  surroundings: Surroundings,
): Hover | undefined {
  const found = document.pieceAt(position);
  const subject = found && subjectAt(found.placed.piece, found.offset);
  if (found === undefined || subject === undefined) return undefined;
  const value = subject.kind === 'field' ? fieldHover(subject, surroundings) : installationHover(subject);
  const range = document.rangeOf(trimmed(found.placed.piece.text, subject.span), found.placed);
  return { contents: { kind: MarkupKind.Markdown, value }, range };
}

function fieldHover(subject: Extract<Subject, { kind: 'field' }>, surroundings: Surroundings): string {
  const { field, below, on, scalar } = subject;
  const part = field.fields.find(({ name }) => name === below.findLast((step) => typeof step === 'string'));
  if (part !== undefined) return describePart(field.name, part);
  if (on === 'value' && scalar !== undefined) {
    const meaning = valueHover(subject, scalar.text, surroundings);
    if (meaning !== undefined) return meaning;
  }
  return describeField(field, surroundings);
}

function valueHover(
  { field }: Extract<Subject, { kind: 'field' }>,
  text: string,
  { version }: Surroundings,
): string | undefined {
  const value = valuesIn(field, version).find((each) => each.value.toLowerCase() === text.toLowerCase());
  return value?.meaning && `**${field.name}: ${value.value}**\n\n${value.meaning}`;
}

function describePart(
  of: string,
  part: Extract<Subject, { kind: 'field' }>['field']['fields'][number],
): string {
  const { name, type, required, unit, values, autoSysctl, notes } = part;
  const lines = [
    `**${of}.${name}**${type === undefined ? '' : ` · ${type}`}${unit === undefined || type?.includes(unit) === true ? '' : `, in ${unit}`}`,
    required === true ? 'Required.' : '',
    values === undefined ? '' : `One of ${values.map((value) => `\`${value}\``).join(', ')}.`,
    part.default === undefined ? '' : `Default: \`${part.default}\`.`,
    autoSysctl === undefined ? '' : `\`Auto\` takes the kernel's \`${autoSysctl}\`.`,
    ...(notes ?? []),
  ];
  return lines.filter((line) => line !== '').join('\n\n');
}

function installationHover({ field, on, scalar }: Extract<Subject, { kind: 'installation' }>): string {
  const meaning = on === 'value' ? field.meanings[scalar?.text ?? ''] : undefined;
  return meaning === undefined
    ? describeInstallationField(field)
    : `**${field.name}: ${scalar?.text}**\n\n${meaning}`;
}

export function describeInstallationField(field: InstallationField): string {
  return [
    `**${field.name}** · Installation of the operator`,
    field.description,
    field.values.map((value) => `- \`${value}\` – ${field.meanings[value]}`).join('\n'),
    `Default: \`${field.default}\`.${field.since === undefined ? '' : ` Since Calico ${field.since}.`}`,
  ].join('\n\n');
}
