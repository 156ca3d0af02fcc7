import type { DocumentLink } from 'vscode-languageserver';
import { documentationUrl } from '../../core/felix/fields.ts';
import { endpointPage } from '../objects/endpoint.ts';
import { installationPage } from '../objects/installation.ts';
import type { OpenDocument } from '../openDocument.ts';
import type { Target } from '../targets.ts';
import { asScalar, valueOf } from '../yaml/node.ts';

const pages: Readonly<Record<Extract<Target, { map: unknown }>['kind'], string>> = {
  felix: documentationUrl,
  installation: installationPage,
  endpoint: endpointPage,
};

/** The kind of an object leads to its documentation. */
export function linksOf(document: OpenDocument): DocumentLink[] {
  return document.language.pieces.flatMap((placed) =>
    placed.piece.targets.flatMap((target) => {
      const kind = 'map' in target ? asScalar(valueOf(target.map, 'kind')) : undefined;
      if (!('map' in target) || kind === undefined) return [];
      const range = document.rangeOf(kind.span, placed);
      return [{ range, target: pages[target.kind], tooltip: `Calico documentation of ${kind.text}` }];
    }),
  );
}
