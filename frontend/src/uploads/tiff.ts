/** Reads the first directory of a TIFF file, or of Exif data, which have the same form. */

import type { Size } from "./bytes";

const WIDTH = 0x100;
const HEIGHT = 0x101;
const ORIENTATION = 0x112;
/** Type of a field with numbers of two bytes. */
const SHORT = 3;

/** Return the size of the image whose header is at `start`. Throws RangeError if its directory is not in these bytes. */
export function tiffSize(head: DataView, start: number): Size | null {
  const fields = fieldsOf(head, start);
  const [width, height] = [fields.get(WIDTH), fields.get(HEIGHT)];
  if (!width || !height) return null;
  return (fields.get(ORIENTATION) ?? 1) >= 5 ? { width: height, height: width } : { width, height };
}

/** Return the Exif orientation, from 1 to 8. Damaged data have none, which is 1. */
export function orientationOf(head: DataView, start: number): number {
  try {
    return fieldsOf(head, start).get(ORIENTATION) ?? 1;
  } catch (error) {
    if (error instanceof RangeError) return 1;
    throw error;
  }
}

/** Return the first number of each field, by its tag. */
function fieldsOf(head: DataView, start: number): Map<number, number> {
  const isLittle = head.getUint16(start) === 0x4949;
  const directory = start + head.getUint32(start + 4, isLittle);
  const count = head.getUint16(directory, isLittle);
  const fields = new Map<number, number>();
  for (let at = directory + 2; at < directory + 2 + count * 12; at += 12) {
    const isShort = head.getUint16(at + 2, isLittle) === SHORT;
    const value = isShort ? head.getUint16(at + 8, isLittle) : head.getUint32(at + 8, isLittle);
    fields.set(head.getUint16(at, isLittle), value);
  }
  return fields;
}
