import { expect, test } from "vitest";
import { readHeader } from "../../src/uploads/header";

function bytes(...parts: (string | number[])[]): Blob {
  const numbers = parts.flatMap((part) =>
    typeof part === "string" ? [...part].map((character) => character.charCodeAt(0)) : part,
  );
  return new Blob([new Uint8Array(numbers)]);
}

const u16 = (value: number) => [value >> 8, value & 255];
const u32 = (value: number) => [0, 0, ...u16(value)];
const le16 = (value: number) => u16(value).reverse();
const le32 = (value: number) => u32(value).reverse();

const PNG = "\x89PNG\r\n\x1a\n";
const EXIF_TURNED = [
  ..."Exif\0\0MM\0*".split("").map((character) => character.charCodeAt(0)),
  ...u32(8),
  ...u16(1),
  ...[...u16(0x112), ...u16(3), ...u32(1), ...u16(6), 0, 0],
];

test("a PNG has its size and its transparency", async () => {
  const png = (colourType: number, ...chunks: string[]) =>
    readHeader(bytes(PNG, u32(13), "IHDR", u32(640), u32(480), [8, colourType, 0, 0, 0], u32(0), ...chunks));
  expect(await png(6, "IDAT")).toEqual({ format: "png", size: { width: 640, height: 480 }, hasAlpha: true });
  expect(await png(2, "IDAT")).toMatchObject({ hasAlpha: false });
  expect(await png(2, "tRNS", "IDAT")).toMatchObject({ hasAlpha: true });
  expect(await png(2)).toMatchObject({ hasAlpha: null });
});

test("a JPEG has the size of its frame, which comes after other segments", async () => {
  const frame = [0xff, 0xc2, ...u16(17), 8, ...u16(300), ...u16(400)];
  const comment = [0xff, 0xfe, ...u16(6), 0xff, 0xc0, 1, 2];
  expect(await readHeader(bytes([0xff, 0xd8], comment, [0xff], frame))).toMatchObject({
    format: "jpeg",
    size: { width: 400, height: 300 },
  });
});

test("a JPEG that its Exif orientation turns is as wide as it is seen", async () => {
  const exif = [0xff, 0xe1, ...u16(EXIF_TURNED.length + 2), ...EXIF_TURNED];
  const frame = [0xff, 0xc0, ...u16(17), 8, ...u16(300), ...u16(400)];
  const { size } = await readHeader(bytes([0xff, 0xd8], exif, frame));
  expect(size).toEqual({ width: 300, height: 400 });
});

test("the three kinds of WebP have their sizes", async () => {
  const webp = (kind: string, rest: number[]) => readHeader(bytes("RIFF", u32(0), "WEBP", kind, u32(0), rest));
  const extended = await webp("VP8X", [0x10, 0, 0, 0, 0x7f, 2, 0, 0xdf, 1, 0]);
  expect(extended).toEqual({ format: "webp", size: { width: 640, height: 480 }, hasAlpha: true });
  const lossless = await webp("VP8L", [0x2f, ...le32(0).map((_, at) => [0x7f, 0xc2, 0x77, 0x00][at] ?? 0)]);
  expect(lossless.size).toEqual({ width: 640, height: 480 });
  const lossy = await webp("VP8 ", [0, 0, 0, 0x9d, 0x01, 0x2a, ...le16(640), ...le16(480)]);
  expect(lossy).toMatchObject({ size: { width: 640, height: 480 }, hasAlpha: false });
});

test("an AVIF has the size of its largest item, upright", async () => {
  const item = (width: number, height: number) => ["ispe", u32(0), u32(width), u32(height)];
  const avif = bytes(u32(28), "ftypavif", u32(0), ...item(64, 64), ...item(640, 480), "irot", [1]);
  expect(await readHeader(avif)).toMatchObject({ format: "avif", size: { width: 480, height: 640 } });
});

test("GIF, BMP and TIFF have their sizes", async () => {
  const gif = await readHeader(bytes("GIF89a", le16(640), le16(480)));
  const bmp = await readHeader(bytes("BM", Array(16).fill(0), le32(640), [0x20, 0xfe, 0xff, 0xff]));
  const fields = [...le16(0x100), ...le16(3), ...le32(1), ...le16(640), 0, 0, ...le16(0x101), ...le16(4), ...le32(1)];
  const tiff = await readHeader(bytes("II*\0", le32(8), le16(2), fields, le32(480)));
  for (const { size } of [gif, bmp, tiff]) expect(size).toEqual({ width: 640, height: 480 });
});

test("formats are told by their first bytes", async () => {
  const formats = await Promise.all(
    [
      bytes(u32(24), "ftypheic"),
      bytes("\0\0\x01\0"),
      bytes("P6 1 1 255 "),
      bytes(u32(12), "jP  "),
      bytes("%PDF-1.7"),
    ].map(async (file) => (await readHeader(file)).format),
  );
  expect(formats).toEqual(["heic", "ico", "ppm", "jpeg2000", null]);
});

test("a file that ends too early has a format and no size", async () => {
  expect(await readHeader(bytes(PNG))).toEqual({ format: "png", size: null, hasAlpha: null });
  expect(await readHeader(bytes([0xff, 0xd8, 0xff, 0xe0, 0, 16]))).toMatchObject({ format: "jpeg", size: null });
  expect(await readHeader(bytes(""))).toEqual({ format: null, size: null, hasAlpha: null });
});
