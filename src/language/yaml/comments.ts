/** Blanks the comments of JSON, as editors allow them, at the same length; other YAML has none of this kind. */
export function withoutJsonComments(text: string): string {
  if (!/^\s*(?:[{[]|\/[/*])/.test(text) || !/\/[/*]/.test(text)) return text;
  return text.replaceAll(/"(?:[^"\\\n]|\\.)*"|(?<=^|[\s,{}[\]])(?:\/\/[^\n]*|\/\*[^]*?\*\/)/g, (found) =>
    found.startsWith('"') ? found : found.replaceAll(/[^\r\n]/g, ' '),
  );
}
