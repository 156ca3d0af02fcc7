import * as vscode from 'vscode';

/** Words behind one line of a document, such as what a rule did to a packet; one at a time. */
export class LineRemark implements vscode.Disposable {
  #shown: vscode.TextEditorDecorationType | undefined;

  /** Marks a line, and says something behind it. */
  show(editor: vscode.TextEditor, line: number, words: string | undefined): void {
    this.#shown?.dispose();
    this.#shown = vscode.window.createTextEditorDecorationType({
      isWholeLine: true,
      backgroundColor: new vscode.ThemeColor('editor.rangeHighlightBackground'),
      overviewRulerColor: new vscode.ThemeColor('editorOverviewRuler.infoForeground'),
      after: {
        ...(words === undefined ? {} : { contentText: `⟵ ${words}` }),
        margin: '0 0 0 3em',
        color: new vscode.ThemeColor('editorInfo.foreground'),
      },
    });
    editor.setDecorations(this.#shown, [new vscode.Range(line, 0, line, 0)]);
  }

  dispose(): void {
    this.#shown?.dispose();
  }
}
