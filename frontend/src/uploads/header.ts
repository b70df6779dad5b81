/** Reads what the first bytes of an image file say: its format, and its size in pixels. Nothing is decoded. */

import type { components } from "@darkroom/client";
import { type Size, textAt } from "./bytes";
import { jpegSize } from "./jpeg";
import { tiffSize } from "./tiff";

export type Format = components["schemas"]["ImageFormat"] | "heic";

export interface Header {
  /** Null if the bytes are those of no known format. */
  format: Format | null;
  /** Width and height in pixels, upright, or null if the header does not tell. */
  size: Size | null;
  /** Whether it has transparency, or null if the header does not tell. */
  hasAlpha: boolean | null;
}

/** Bytes in which all headers are, apart from those of some TIFF files. */
const HEAD_BYTES = 256 * 1024;
const HEIC_BRANDS = /^(?:hei[csmx]|hev[cx]|mif1|msf1)$/;

/** Return the header of a file. Throws what reading the file throws. */
export async function readHeader(file: Blob): Promise<Header> {
  const head = new DataView(await file.slice(0, HEAD_BYTES).arrayBuffer());
  const format = formatOf(head);
  return { format, size: format && sizeOrNull(format, head), hasAlpha: format && alphaOf(format, head) };
}

/** Return the format by the signature at the beginning. */
export function formatOf(head: DataView): Format | null {
  const text = (start: number, length: number) => textAt(head, start, length);
  if (text(0, 3) === "\xff\xd8\xff") return "jpeg";
  if (text(0, 8) === "\x89PNG\r\n\x1a\n") return "png";
  if (/^GIF8[79]a/.test(text(0, 6))) return "gif";
  if (text(0, 4) === "RIFF" && text(8, 4) === "WEBP") return "webp";
  if (text(0, 4) === "II*\0" || text(0, 4) === "MM\0*") return "tiff";
  if (text(4, 4) === "ftyp") return brandOf(text(8, 4));
  if (text(4, 4) === "jP  " || text(0, 4) === "\xff\x4f\xff\x51") return "jpeg2000";
  if (text(0, 4) === "\0\0\x01\0") return "ico";
  if (/^P[1-6]\s/.test(text(0, 3))) return "ppm";
  return text(0, 2) === "BM" ? "bmp" : null;
}

function brandOf(brand: string): Format | null {
  if (brand === "avif" || brand === "avis") return "avif";
  return HEIC_BRANDS.test(brand) ? "heic" : null;
}

/** Return the size. A file that ends too early has none. */
function sizeOrNull(format: Format, head: DataView): Size | null {
  try {
    const size = SIZES[format]?.(head) ?? null;
    return size && size.width > 0 && size.height > 0 ? size : null;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

const SIZES: Partial<Record<Format, (head: DataView) => Size | null>> = {
  jpeg: jpegSize,
  tiff: (head) => tiffSize(head, 0),
  png: (head) => ({ width: head.getUint32(16), height: head.getUint32(20) }),
  gif: (head) => ({ width: head.getUint16(6, true), height: head.getUint16(8, true) }),
  bmp: (head) => ({ width: head.getInt32(18, true), height: Math.abs(head.getInt32(22, true)) }),
  webp: webpSize,
  avif: boxedSize,
  heic: boxedSize,
  jpeg2000: (head) => {
    const at = indexOf(head, "ihdr");
    return at < 0 ? null : { height: head.getUint32(at + 4), width: head.getUint32(at + 8) };
  },
};

/** The size of a WebP file, by its first chunk (RFC 9649). */
function webpSize(head: DataView): Size | null {
  const uint24 = (at: number) => head.getUint16(at, true) | (head.getUint8(at + 2) << 16);
  switch (textAt(head, 12, 4)) {
    case "VP8X":
      return { width: uint24(24) + 1, height: uint24(27) + 1 };
    case "VP8L": {
      const bits = head.getUint32(21, true);
      return { width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 };
    }
    case "VP8 ":
      return { width: head.getUint16(26, true) & 0x3fff, height: head.getUint16(28, true) & 0x3fff };
    default:
      return null;
  }
}

/** The size of an AVIF or HEIC file: that of its largest item, since an image may consist of tiles. */
function boxedSize(head: DataView): Size | null {
  let largest: Size | null = null;
  for (let at = indexOf(head, "ispe"); at >= 0; at = indexOf(head, "ispe", at + 4)) {
    const size = { width: head.getUint32(at + 8), height: head.getUint32(at + 12) };
    if (!largest || size.width * size.height > largest.width * largest.height) largest = size;
  }
  const rotation = indexOf(head, "irot");
  const isTurned = rotation >= 0 && head.getUint8(rotation + 4) % 2 === 1;
  return largest && isTurned ? { width: largest.height, height: largest.width } : largest;
}

/** Return whether a PNG or WebP file has transparency. Of other formats, the API knows what they may have. */
function alphaOf(format: Format, head: DataView): boolean | null {
  if (format === "png" && head.byteLength > 25) {
    const colourType = head.getUint8(25);
    if (colourType === 4 || colourType === 6) return true;
    const [transparency, pixels] = [indexOf(head, "tRNS"), indexOf(head, "IDAT")];
    return pixels < 0 ? null : transparency >= 0 && transparency < pixels;
  }
  if (format === "webp" && head.byteLength > 24) {
    const chunk = textAt(head, 12, 4);
    if (chunk === "VP8X") return (head.getUint8(20) & 0x10) !== 0;
    if (chunk === "VP8L") return ((head.getUint32(21, true) >> 28) & 1) === 1;
    return false;
  }
  return null;
}

function indexOf(head: DataView, name: string, from = 0): number {
  for (let at = from; at + 4 <= head.byteLength; at += 1) {
    if (head.getUint8(at) === name.charCodeAt(0) && textAt(head, at, 4) === name) return at;
  }
  return -1;
}
