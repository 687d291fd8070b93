/** Words of the forms in which something is recorded. */
export const commandTexts = {} as const;
