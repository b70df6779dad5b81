/** What the readers of headers share. */

/** Width and height in pixels. */
export interface Size {
  width: number;
  height: number;
}

/** Return bytes as a text with a character for each; shorter at the end of the file. */
export function textAt(head: DataView, start: number, length: number): string {
  const end = Math.min(head.byteLength, start + length);
  let text = "";
  for (let at = start; at < end; at += 1) text += String.fromCharCode(head.getUint8(at));
  return text;
}
