/** Hands a text to the browser as a file; nothing is asked of a server. */
export function download(name: string, type: string, contents: string): void {
  save(name, new Blob([contents], { type }));
}

/** The same with what came from the server. */
export function save(name: string, contents: Blob): void {
  const url = URL.createObjectURL(contents);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1_000);
}
