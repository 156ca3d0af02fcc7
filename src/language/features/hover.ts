import { MarkupKind } from 'vscode-languageserver';
import type { Hover, Position } from 'vscode-languageserver';
import { valuesIn } from '../../core/felix/fields.ts';
import type { Field } from '../../core/felix/fields.ts';
import { nodesMeant } from '../effective.ts';
import { describeField } from '../fieldText.ts';
import type { InstallationField } from '../objects/installation.ts';
import { describeNodes, describePart } from '../objectText.ts';
import type { DescribedObject } from '../objectText.ts';
import type { OpenDocument } from '../openDocument.ts';
import { subjectAt } from '../subject.ts';
import type { Subject } from '../subject.ts';
import type { Surroundings } from '../surroundings.ts';
import { specOf } from '../targets.ts';
import { asMap, textOf, valueOf } from '../yaml/node.ts';
import type { MapNode } from '../yaml/node.ts';
import { trimmed } from '../yaml/trim.ts';

export function hoverAt(
  document: OpenDocument,
  position: Position,
  surroundings: Surroundings,
): Hover | undefined {
  const found = document.pieceAt(position);
  const subject = found && subjectAt(found.placed.piece, found.offset);
  if (found === undefined || subject === undefined) return undefined;
  const value = describeSubject(subject, surroundings);
  const range = document.rangeOf(trimmed(found.placed.piece.text, subject.span), found.placed);
  return { contents: { kind: MarkupKind.Markdown, value }, range };
}

function describeSubject(subject: Subject, surroundings: Surroundings): string {
  switch (subject.kind) {
    case 'field':
      return fieldHover(subject, surroundings);
    case 'object':
      return describePart(subject.part, objectOf(subject.map), surroundings);
    case 'installation':
      return installationHover(subject);
  }
}

function objectOf(map: MapNode): DescribedObject {
  return {
    name: textOf(asMap(valueOf(map, 'metadata')), 'name') ?? '',
    selector: textOf(specOf(map), 'nodeSelector'),
    apiVersion: textOf(map, 'apiVersion') ?? '',
  };
}

function fieldHover(subject: Extract<Subject, { kind: 'field' }>, surroundings: Surroundings): string {
  const { field, below, on, scalar, isAnnotation } = subject;
  const part = field.fields.find(({ name }) => name === below.findLast((step) => typeof step === 'string'));
  if (part !== undefined) return describeSubField(field.name, part);
  if (on === 'value' && scalar !== undefined) {
    const meaning = valueHover(subject, scalar.text, surroundings);
    if (meaning !== undefined) return meaning;
  }
  const text = describeField(field, surroundings);
  return isAnnotation ? `${annotationText(field)}\n\n---\n\n${text}` : text;
}

function annotationText({ name, parameter }: Field): string {
  return (
    `This annotation sets Felix’s parameter \`${parameter}\`, which is \`${name}\` in the spec. Nothing checks its value, ` +
    'which is written as in the environment, and it outranks the spec. Say it in the spec where you can.'
  );
}

function valueHover(
  { field }: Extract<Subject, { kind: 'field' }>,
  text: string,
  { version, cluster }: Surroundings,
): string | undefined {
  if (field.name === 'nodeSelector' && cluster !== undefined) {
    const meant = nodesMeant({ name: 'selector', spec: { nodeSelector: text } }, cluster, version);
    return `**nodeSelector**\n\n${describeNodes(meant, cluster)}`;
  }
  const value = valuesIn(field, version).find((each) => each.value.toLowerCase() === text.toLowerCase());
  return value?.meaning && `**${field.name}: ${value.value}**\n\n${value.meaning}`;
}

function describeSubField(
  of: string,
  part: Extract<Subject, { kind: 'field' }>['field']['fields'][number],
): string {
  const { name, type, description, required, unit, values, autoSysctl, notes } = part;
  const lines = [
    `**${of}.${name}**${type === undefined ? '' : ` · ${type}`}${unit === undefined || type?.includes(unit) === true ? '' : ` (${unit})`}`,
    description ?? '',
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
