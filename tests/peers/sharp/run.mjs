// What Almanac does to pictures, done by sharp on the same files: a thumbnail of 256 pixels, a 4:5
// rendition of 1080 × 1350 under a million bytes, 200 files taken in (copied by their hash, with a
// thumbnail each). Prints one line of JSON. Arguments: which, and the file or folder.
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";

// Almanac opens as many files at a time as there are cores; sharp may use them all for one file, too.
sharp.cache(false);
const [what, path] = process.argv.slice(2);
const out = mkdtempSync(join(tmpdir(), "sharp-"));
const qualities = [92, 88, 84, 80, 75, 70];

const thumbnail = (from, to) =>
  sharp(from)
    .rotate()
    .resize(256, 256, { fit: "inside" })
    .jpeg({ quality: 80 })
    .toFile(to);

async function rendition(from, to) {
  for (const quality of qualities) {
    const made = await sharp(from)
      .rotate()
      .resize(1080, 1350, { fit: "cover" })
      .jpeg({ quality })
      .toBuffer();
    if (made.length <= 1_000_000) return writeFile(to, made);
  }
  throw new Error("no quality fits");
}

async function takeIn(file) {
  const bytes = await readFile(file);
  const id = createHash("sha256").update(bytes).digest("hex");
  await mkdir(join(out, id.slice(0, 2)), { recursive: true });
  await writeFile(join(out, id.slice(0, 2), `${id}.jpg`), bytes);
  await sharp(bytes).metadata();
  await thumbnail(bytes, join(out, `${id}.thumb.jpg`));
}

async function all(folder) {
  const files = (await readdir(folder)).map((name) => join(folder, name));
  const lanes = Array.from({ length: 4 }, async () => {
    for (let file = files.pop(); file; file = files.pop()) await takeIn(file);
  });
  await Promise.all(lanes);
}

const work = { thumbnail: () => thumbnail(path, join(out, "t.jpg")), rendition: () => rendition(path, join(out, "r.jpg")), import: () => all(path) };
const began = performance.now();
await work[what]();
console.log(JSON.stringify({ seconds: (performance.now() - began) / 1000 }));
rmSync(out, { recursive: true });
