import type { Position, Range } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { finish } from '../core/steps.ts';
import type { Steps } from '../core/steps.ts';
import type { Span } from '../core/text/problem.ts';
import { pieceAt, readInSteps } from './document.ts';
import type { LanguageDocument, PlacedPiece } from './document.ts';
import type { PatchAim } from './targets.ts';

/** A document as the client has it open, with its YAML read when first asked for. */
export class OpenDocument {
  readonly positions: TextDocument;
  /** What the file is aimed at as a JSON patch. */
  readonly aim: PatchAim | undefined;
  #before: LanguageDocument | undefined;
  readonly #reading: Steps<LanguageDocument>;
  #language: LanguageDocument | undefined;

  constructor(positions: TextDocument, before?: LanguageDocument, aim?: PatchAim) {
    this.positions = positions;
    this.aim = aim;
    this.#before = before;
    this.#reading = readInSteps(positions.uri, positions.getText(), { before, aim });
  }

  get language(): LanguageDocument {
    return finish(this.read());
  }

  /** What was read last, of this text or an earlier one. */
  get latest(): LanguageDocument | undefined {
    return this.#language ?? this.#before;
  }

  /** Reads on, as far as nobody has read meanwhile. */
  *read(): Steps<LanguageDocument> {
    while (this.#language === undefined) {
      const { done, value } = this.#reading.next();
      if (done === true) this.#language = value;
      else yield;
    }
    this.#before = undefined;
    return this.#language;
  }

  /** The same document with another text. */
  withText(text: string): OpenDocument {
    const { uri, languageId, version } = this.positions;
    return new OpenDocument(TextDocument.create(uri, languageId, version, text), this.language, this.aim);
  }

  /** Whether the file is a Kustomize patch, as its name tells. */
  get isPatch(): boolean {
    return /patch/i.test(this.positions.uri.split('/').slice(-2).join('/'));
  }

  /** Editors check JSON by themselves. */
  get isJson(): boolean {
    return this.positions.languageId.startsWith('json');
  }

  offsetAt(position: Position): number {
    return this.positions.offsetAt(position);
  }

  /** The piece at a position, and the offset in it. */
  pieceAt(position: Position): { readonly placed: PlacedPiece; readonly offset: number } | undefined {
    const offset = this.offsetAt(position);
    const placed = pieceAt(this.language, offset);
    return placed && { placed, offset: offset - placed.start };
  }

  /** The range of a span that counts from the start of a piece. */
  rangeOf({ start, end }: Span, { start: from }: PlacedPiece): Range {
    return { start: this.positions.positionAt(from + start), end: this.positions.positionAt(from + end) };
  }
}
