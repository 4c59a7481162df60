// Dispatch by plainjobs, one worker, each claim and each result committed with synchronous=FULL, as
// Almanac's own store does. Prints one line of JSON. Argument: how many jobs.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { defineQueue, defineWorker } from "plainjobs";

const jobs = Number(process.argv[2] ?? 10_000);
const dir = mkdtempSync(join(tmpdir(), "plainjobs-"));
const database = new Database(join(dir, "queue.db"));
const logger = { error: console.error, warn() {}, info() {}, debug() {} };
const queue = defineQueue({ connection: database, logger });
// The queue opens its database with NORMAL, which can lose commits when the power goes.
database.pragma("synchronous = FULL");
database.transaction(() => {
  for (let n = 0; n < jobs; n += 1) queue.add("send", { text: `Post ${n}` });
})();

let done = 0;
const began = performance.now();
const worker = defineWorker("send", async () => {}, {
  queue,
  logger,
  onCompleted: () => {
    done += 1;
    if (done < jobs) return;
    const seconds = (performance.now() - began) / 1000;
    console.log(
      JSON.stringify({ measure: "throughput", peer: "plainjobs", posts: jobs, seconds, per_second: jobs / seconds }),
    );
    queue.close();
    database.close();
    rmSync(dir, { recursive: true });
    process.exit(0);
  },
});
await worker.start();
