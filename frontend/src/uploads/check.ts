/** Says before any byte is sent why the API would refuse a file. */

import { bytesText, countText } from "../formats/sizes";
import { type Header, readHeader } from "./header";
import { formatsText, type Limits } from "./limits";

export interface Checked extends Header {
  /** What is wrong with the file, in a sentence. Empty if nothing is. */
  fault: string;
}

/** Read the header of a file, and compare it with the limits. */
export async function check(file: File, limits: Limits): Promise<Checked> {
  try {
    const header = await readHeader(file);
    return { ...header, fault: faultOf(file, header, limits) };
  } catch {
    return {
      format: null,
      size: null,
      hasAlpha: null,
      fault: "The browser cannot read this file. It may be a folder, or have been moved.",
    };
  }
}

export function faultOf(
  file: Pick<File, "size">,
  { format, size }: Pick<Header, "format" | "size">,
  limits: Limits,
): string {
  const { upload_bytes, pixels } = limits.limits;
  const names = formatsText(limits);
  if (file.size === 0) return "The file is empty.";
  if (format === null) return `This is no image of a supported format. Supported: ${names}.`;
  const isRead = format === "heic" ? limits.features.heic : limits.formats.read.includes(format);
  if (!isRead) return `${format.toUpperCase()} is not supported here. Supported: ${names}.`;
  if (file.size > upload_bytes)
    return `The file has ${bytesText(file.size)}. At most ${bytesText(upload_bytes)} are allowed.`;
  if (size && size.width * size.height > pixels)
    return `The image has ${megapixels(size.width * size.height)} megapixels. At most ${megapixels(pixels)} are allowed.`;
  return "";
}

function megapixels(pixels: number): string {
  const value = pixels / 1_000_000;
  return value < 10 ? value.toFixed(1) : countText(Math.round(value));
}
