// What a recogniser is: the part of the server that can be swapped. Given to you, as are both of its kinds.

export interface Recogniser {
  /**
   * What can be seen in a picture: short texts, the surest first. `category` says what is looked for. Gives up when
   * `signal` says so. Throws {@link Unrecognised}.
   */
  recognise(category: string, picture: Buffer, signal: AbortSignal): Promise<string[]>;
}

/** Nothing was recognised. The message says why, in words for whoever has sent the picture. */
export class Unrecognised extends Error {}

/** Throws {@link Unrecognised} if it cannot be used. Each kind is loaded when it is chosen, and the libraries with it. */
export async function openRecogniser(name: string): Promise<Recogniser> {
  if (name === 'cloud') return (await import('./cloud.ts')).openCloud(process.env);
  return (await import('./local.ts')).openLocal();
}
