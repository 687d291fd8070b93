declare module 'virtual:document-hashes' {
  /** SHA-256 in hex by the name of the operation; empty while the console is worked on. */
  export const hashes: Readonly<Record<string, string>>;
}
