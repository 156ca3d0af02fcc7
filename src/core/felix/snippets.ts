/** A whole document to start from; `body` uses the placeholders of editors, `${1:name}`. */
export interface DocumentSnippet {
  readonly title: string;
  readonly description: string;
  readonly body: string;
}

export const documentSnippets: readonly DocumentSnippet[] = [];
