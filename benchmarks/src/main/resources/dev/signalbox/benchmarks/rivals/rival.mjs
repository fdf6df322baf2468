// One queue of npm, driven over standard input: "fill N", "empty N" and "latency RATE N", each answered by one line of JSON.
// Usage: node rival.mjs NAME URL
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

const BODY = 'x'.repeat(160);
const BULK = 1_000;
const CONCURRENCY = { graphile: 24, bullmq: 100 };

const [name, url] = process.argv.slice(2);

/** What counts down to a promise. */
function countdown(count) {
  let left = count;
  let finish;
  const done = new Promise((resolve) => { finish = resolve; });
  return { done, tick: () => { left -= 1; if (left === 0) finish(); } };
}

const secondsSince = (start) => (performance.now() - start) / 1_000;

async function inBulk(count, add) {
  const start = performance.now();
  for (let from = 0; from < count; from += BULK) {
    await add(from, Math.min(count, from + BULK));
  }
  return { seconds: secondsSince(start) };
}

const numbers = (from, to) => Array.from({ length: to - from }, (_, i) => from + i);

async function graphile(batched) {
  const { Logger, run, runMigrations } = await import('graphile-worker');
  const { default: pg } = await import('pg');
  const pool = new pg.Pool({ connectionString: url, max: CONCURRENCY.graphile + 2, idleTimeoutMillis: 1_000 });
  pool.on('error', fail);
  pool.on('connect', (client) => client.on('error', fail));
  const logger = new Logger(() => () => {});
  await runMigrations({ pgPool: pool, logger });
  const batches = { localQueue: { size: 500 }, completeJobBatchDelay: 0, failJobBatchDelay: 0 };

  const start = (task) => run({
    pgPool: pool,
    logger,
    noHandleSignals: true,
    parsedCronItems: [],
    preset: { worker: { concurrentJobs: CONCURRENCY.graphile, ...(batched ? batches : {}) } },
    taskList: { send: async (payload) => task(payload) },
  });

  /** A job that is done is removed; until then it counts. */
  async function untilEmpty() {
    for (;;) {
      const { rows } = await pool.query('select exists (select from graphile_worker._private_jobs) as any');
      if (!rows[0].any) return;
      await sleep(2);
    }
  }

  return {
    fill: (count) => inBulk(count, (from, to) => pool.query(
      `select count(*) from graphile_worker.add_jobs(array(
         select row('send', json_build_object('n', n, 'body', $3::text), null, null, null, null, null, null)
           ::graphile_worker.job_spec
         from generate_series($1::integer, $2::integer - 1) n))`, [from, to, BODY])),
    async empty(count) {
      const handled = countdown(count);
      const begin = performance.now();
      const runner = await start(handled.tick);
      await handled.done;
      await untilEmpty();
      const seconds = secondsSince(begin);
      await runner.stop();
      return { seconds };
    },
    async latency(rate, count) {
      const handled = countdown(count);
      const waited = [];
      const runner = await start(({ due }) => { waited.push(performance.now() - due); handled.tick(); });
      const begin = performance.now();
      for (let next = 0; next < count;) {
        for (; next < count && begin + (next * 1_000) / rate <= performance.now(); next += 1) {
          const due = begin + (next * 1_000) / rate;
          pool.query('select graphile_worker.add_job($1, $2::json)', ['send', JSON.stringify({ due })]).catch(fail);
        }
        await sleep(1);
      }
      await handled.done;
      await runner.stop();
      waited.sort((one, other) => one - other);
      return { p50: waited[Math.floor(count * 0.5)], p99: waited[Math.floor(count * 0.99)] };
    },
  };
}

async function pgBoss() {
  const { default: PgBoss } = await import('pg-boss');
  const boss = new PgBoss({ connectionString: url, schedule: false, max: 4 });
  boss.on('error', fail);
  await boss.start();
  await boss.createQueue('send');

  /** Fetches and completes until nothing is left. */
  async function work() {
    for (;;) {
      const jobs = await boss.fetch('send', { batchSize: 500 });
      if (jobs.length === 0) return 0;
      await boss.complete('send', jobs.map((job) => job.id));
    }
  }

  return {
    fill: (count) => inBulk(count, (from, to) => boss.insert(
      numbers(from, to).map((n) => ({ name: 'send', data: { n, body: BODY } })))),
    async empty() {
      const begin = performance.now();
      await Promise.all([work(), work()]);
      return { seconds: secondsSince(begin) };
    },
  };
}

async function bullmq() {
  const { Queue, Worker } = await import('bullmq');
  const { hostname, port } = new URL(url);
  const connection = { host: hostname, port: Number(port), maxRetriesPerRequest: null };
  const queue = new Queue('send', { connection });

  return {
    fill: (count) => inBulk(count, (from, to) => queue.addBulk(
      numbers(from, to).map((n) => ({ name: 'send', data: { n, body: BODY } })))),
    async empty(count) {
      const handled = countdown(count);
      const begin = performance.now();
      const worker = new Worker('send', async () => {}, { connection, concurrency: CONCURRENCY.bullmq });
      worker.on('completed', handled.tick);
      worker.on('error', fail);
      await handled.done;
      const seconds = secondsSince(begin);
      await worker.close();
      return { seconds };
    },
  };
}

function fail(error) {
  console.log(JSON.stringify({ error: String(error?.stack ?? error) }));
  process.exit(1);
}

const makers = {
  'graphile-worker': () => graphile(false),
  'graphile-worker-batched': () => graphile(true),
  'pg-boss': pgBoss,
  bullmq,
};

try {
  const rival = await makers[name]();
  console.log(JSON.stringify({ ready: true }));
  for await (const line of createInterface({ input: process.stdin })) {
    const [command, ...parameters] = line.split(' ');
    console.log(JSON.stringify(await rival[command](...parameters.map(Number))));
  }
  process.exit(0);
} catch (error) {
  fail(error);
}
