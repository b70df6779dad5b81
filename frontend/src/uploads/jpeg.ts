/** The size of a JPEG (ITU-T T.81), upright: its Exif orientation may turn it. */

import { type Size, textAt } from "./bytes";
import { orientationOf } from "./tiff";

/** Markers without a length: TEM, RST0 to RST7, SOI. */
const isBare = (marker: number) => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);
/** Markers that begin a frame: SOF0 to SOF15, except DHT, JPG and DAC among them. */
const isFrame = (marker: number) => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
const APP1 = 0xe1;
/** Orientations from this one on turn the image by 90 degrees. */
const TURNED = 5;

/** Return the size, or null if no frame begins. Throws RangeError at the end of the bytes. */
export function jpegSize(head: DataView): Size | null {
  let orientation = 1;
  for (let at = 2; ; ) {
    if (head.getUint8(at) !== 0xff) return null;
    const marker = head.getUint8(at + 1);
    // Any number of bytes 0xFF may come before a marker.
    if (marker === 0xff || isBare(marker)) {
      at += marker === 0xff ? 1 : 2;
      continue;
    }
    if (isFrame(marker)) {
      const [height, width] = [head.getUint16(at + 5), head.getUint16(at + 7)];
      return orientation >= TURNED ? { width: height, height: width } : { width, height };
    }
    if (marker === APP1 && textAt(head, at + 4, 6) === "Exif\0\0") orientation = orientationOf(head, at + 10);
    at += 2 + head.getUint16(at + 2);
  }
}
