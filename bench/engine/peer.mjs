// The contestant that is sharp; see contestant.py for what it reads and writes.
//
// One thread and no cache: the CPU time of a picture is what is compared, not how many cores are free.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import sharp from 'sharp';

sharp.concurrency(1);
sharp.cache(false);

const letterbox = { width: 256, height: 256, fit: 'contain', background: '#ffffff', withoutEnlargement: true };
const square = (side) => ({ width: side, height: side, fit: 'cover' });
const width = (pixels) => ({ width: pixels, withoutEnlargement: true });

const cases = {
  'jpeg 720 jpeg': (image) => [image.resize(width(720)).jpeg({ quality: 80 })],
  'jpeg 720 webp': (image) => [image.resize(width(720)).webp({ quality: 80 })],
  'jpeg 720 avif': (image) => [image.resize(width(720)).avif({ quality: 50 })],
  'png 720 png': (image) => [image.resize(width(720)).png()],
  'grayscale': (image) => [image.grayscale().jpeg({ quality: 80 })],
  'augment': (image) =>
    [0, 90, 180, 270, 360].map((angle) =>
      // Sharp turns before it resizes, whatever the order of the calls: on a square canvas that is the same.
      image.clone().rotate(angle).resize(letterbox).jpeg({ quality: 90 })),
  'thumbnails': (image) => [64, 128, 256, 512].map((side) => image.clone().resize(square(side)).webp({ quality: 80 })),
  'web': (image) =>
    [320, 640, 1280, 1920].flatMap((pixels) => [
      image.clone().resize(width(pixels)).webp({ quality: 80 }),
      image.clone().resize(width(pixels)).jpeg({ quality: 80 }),
    ]),
};

// Bytes of this process, by the kernel's own count; null where there is none.
function resident(field) {
  if (!existsSync('/proc/self/status')) return null;
  return Number(readFileSync('/proc/self/status', 'utf8').match(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm'))[1]) * 1024;
}

async function run({ source, case: name, output }) {
  const data = readFileSync(source);
  const cpu = process.cpuUsage();
  const wall = process.hrtime.bigint();
  const results = [];
  for (const variant of cases[name](sharp(data).autoOrient())) results.push(await variant.toBuffer());
  const spent = process.cpuUsage(cpu);
  const elapsed = Number(process.hrtime.bigint() - wall) / 1e9;
  const peak = idle === null ? null : resident('VmHWM') - idle;
  if (output) writeFileSync(output, results[0]);
  const bytes = results.reduce((sum, result) => sum + result.length, 0);
  return { cpu: (spent.user + spent.system) / 1e6, wall: elapsed, bytes, peak };
}

// Warm as the others are: every encoder has written a pixel.
const pixel = () => sharp({ create: { width: 1, height: 1, channels: 4, background: '#fff' } });
for (const format of ['jpeg', 'webp', 'avif', 'png']) await sharp(await pixel().toFormat(format).toBuffer()).raw().toBuffer();
const idle = resident('VmRSS');

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await run(JSON.parse(line))));
}
