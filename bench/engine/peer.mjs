// sharp as a contestant. contestant.py describes what it reads and writes, cases.py what an even case is.
//
// One thread and no cache, because the CPU time of an image is compared, not the number of free cores.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import sharp from 'sharp';

sharp.concurrency(1);
sharp.cache(false);

const letterbox = { width: 256, height: 256, fit: 'contain', background: '#ffffff', withoutEnlargement: true };
const square = (side) => ({ width: side, height: side, fit: 'cover' });
const wide = (pixels) => ({ width: pixels, withoutEnlargement: true });

const jpeg = { quality: 80 };
const webp = { quality: 80 };
// The options of Darkroom's encoders at its default effort: optimized Huffman tables, libwebp's method 2, libaom's speed 6
// (which sharp calls effort 3), and zlib-ng's level 5.
const even = {
  jpeg: { quality: 80, optimiseCoding: false },
  webp: { quality: 80, effort: 2 },
  avif: { quality: 50, effort: 3 },
  png: { compressionLevel: 5 },
};

// Decode an image and apply its operations once, for all results that are made of it.
async function decoded(image) {
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
  return () => sharp(data, { raw: info });
}

// Make each size from the next larger one, starting with the whole image.
async function ladder(image, sizes, make) {
  const results = [];
  let larger = () => image;
  for (const size of sizes) {
    larger = await decoded(larger().resize(size));
    results.unshift(...make(larger));
  }
  return results;
}

// Each function returns the results of a case, encoded one after another.
const cases = {
  'jpeg 720 jpeg': (image) => [image.resize(wide(720)).jpeg(jpeg)],
  'jpeg 720 webp': (image) => [image.resize(wide(720)).webp(webp)],
  'jpeg 720 avif': (image) => [image.resize(wide(720)).avif({ quality: 50 })],
  'png 720 png': (image) => [image.resize(wide(720)).png()],
  // Without the second call it writes three channels.
  'grayscale': (image) => [image.grayscale().toColourspace('b-w').jpeg(jpeg)],
  'augment': async (image) => {
    const boxed = await decoded(image.resize(letterbox));
    return [0, 90, 180, 270, 360].map((angle) => boxed().rotate(angle).jpeg({ quality: 90 }));
  },
  'thumbnails': (image) => [64, 128, 256, 512].map((side) => image.clone().resize(square(side)).webp(webp)),
  'web': (image) =>
    [320, 640, 1280, 1920].flatMap((pixels) => [
      image.clone().resize(wide(pixels)).webp(webp),
      image.clone().resize(wide(pixels)).jpeg(jpeg),
    ]),
  'even jpeg 720 jpeg': (image) => [image.resize(wide(720)).jpeg(even.jpeg)],
  'even jpeg 720 webp': (image) => [image.resize(wide(720)).webp(even.webp)],
  'even jpeg 720 avif': (image) => [image.resize(wide(720)).avif(even.avif)],
  'even png 720 png': (image) => [image.resize(wide(720)).png(even.png)],
  'even thumbnails': (image) =>
    ladder(image, [512, 256, 128, 64].map(square), (made) => [made().webp(even.webp)]),
  'even web': (image) =>
    ladder(image, [1920, 1280, 640, 320].map(wide), (made) => [made().webp(even.webp), made().jpeg(even.jpeg)]),
};

// Memory of this process in bytes, as the kernel counts it; null if it does not.
function resident(field) {
  if (!existsSync('/proc/self/status')) return null;
  return Number(readFileSync('/proc/self/status', 'utf8').match(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm'))[1]) * 1024;
}

async function run({ source, case: name, output }) {
  const data = readFileSync(source);
  const cpu = process.cpuUsage();
  const wall = process.hrtime.bigint();
  const results = [];
  for (const variant of await cases[name](sharp(data).autoOrient())) results.push(await variant.toBuffer());
  const spent = process.cpuUsage(cpu);
  const elapsed = Number(process.hrtime.bigint() - wall) / 1e9;
  const peak = resident('VmHWM');
  if (output) writeFileSync(output, results[0]);
  const bytes = results.reduce((sum, result) => sum + result.length, 0);
  return { cpu: (spent.user + spent.system) / 1e6, wall: elapsed, bytes, idle, peak };
}

// Warm up like the others: every encoder writes a pixel. Then the kernel's peak is reset.
const pixel = () => sharp({ create: { width: 1, height: 1, channels: 4, background: '#fff' } });
for (const format of ['jpeg', 'webp', 'avif', 'png']) await sharp(await pixel().toFormat(format).toBuffer()).raw().toBuffer();
if (existsSync('/proc/self/clear_refs')) writeFileSync('/proc/self/clear_refs', '5');
const idle = resident('VmRSS');

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await run(JSON.parse(line))));
}
