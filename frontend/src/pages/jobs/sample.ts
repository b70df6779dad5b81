/** Draws a picture to begin with: hills before a red evening sky. No file has to be loaded for it. */

const WIDTH = 1600;
const HEIGHT = 1200;
const SKY = ["#1d2440", "#5b3a5a", "#c2533a", "#f3a35c", "#ffd9a0"];
/** Each range of hills: its height above the lower edge, how much it swings, and its colour. */
const HILLS = [
  [0.4, 46, "#6b3b4a"],
  [0.32, 64, "#4a2b40"],
  [0.23, 80, "#2e2036"],
  [0.13, 60, "#191629"],
] as const;

/** Return it as a JPEG. Throws an error if the browser cannot draw. */
export async function drawSample(): Promise<File> {
  const canvas = document.createElement("canvas");
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  const context = canvas.getContext("2d");
  if (!context) throw new Error("This browser cannot draw.");
  drawSky(context);
  for (const [index, [level, swing, colour]] of HILLS.entries()) drawHills(context, index, level, swing, colour);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.92));
  if (!blob) throw new Error("This browser cannot encode JPEG.");
  return new File([blob], "sample.jpg", { type: "image/jpeg" });
}

function drawSky(context: CanvasRenderingContext2D): void {
  const sky = context.createLinearGradient(0, 0, 0, HEIGHT * 0.72);
  for (const [index, colour] of SKY.entries()) sky.addColorStop(index / (SKY.length - 1), colour);
  context.fillStyle = sky;
  context.fillRect(0, 0, WIDTH, HEIGHT);
  const [x, y] = [WIDTH * 0.64, HEIGHT * 0.52];
  const glow = context.createRadialGradient(x, y, 60, x, y, 420);
  glow.addColorStop(0, "rgb(255 240 205 / 90%)");
  glow.addColorStop(1, "rgb(255 200 140 / 0%)");
  context.fillStyle = glow;
  context.fillRect(0, 0, WIDTH, HEIGHT);
  context.fillStyle = "#fff3d6";
  context.beginPath();
  context.arc(x, y, 92, 0, 2 * Math.PI);
  context.fill();
}

function drawHills(
  context: CanvasRenderingContext2D,
  index: number,
  level: number,
  swing: number,
  colour: string,
): void {
  context.fillStyle = colour;
  context.beginPath();
  context.moveTo(0, HEIGHT);
  for (let x = 0; x <= WIDTH; x += 4) {
    const wave =
      Math.sin(x / (210 - index * 18) + index * 2.1) +
      0.45 * Math.sin(x / 74 + index * 4.7) +
      0.12 * Math.sin(x / 19 + index);
    context.lineTo(x, HEIGHT * (1 - level) - wave * swing);
  }
  context.lineTo(WIDTH, HEIGHT);
  context.fill();
}
