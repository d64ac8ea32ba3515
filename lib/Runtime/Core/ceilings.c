/* How fast could this machine be? See ceilings.h.
 *
 * Each figure is the best of several short runs: what disturbs a run makes it slower, never faster.
 *
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include <sinter-rt/ceilings.h>

#include "block.h"
#include "peak_flops.h"

#include <time.h>
#include <unistd.h>

enum {
  /* Items per thread of a run: threads that are late find work left. */
  ITEMS_PER_THREAD = 16,
  FLOPS_RUNS = 10,
  STREAM_RUNS = 3,
  CHUNK_BYTES = 256 * 1024
};
/* Seconds that a run of the flops should take in each thread. */
static const double flopsRunSeconds = 0.005;

static double nowSeconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* Seconds that a loop takes. */
static double timeLoop(sinter_pool *pool, sinter_task task, void *context, int64_t items) {
  const double start = nowSeconds();
  sinter_pool_parallel_for(pool, task, context, items);
  return nowSeconds() - start;
}

/*===-- Arithmetic
 * -------------------------------------------------------------------------------------------------===*/

typedef struct FlopsJob {
  PeakLoop loop;
  int64_t rounds; /* per item */
  _Atomic uint64_t used;
} FlopsJob;

static void runFlops(void *context, int64_t lo, int64_t hi) {
  FlopsJob *job = context;
  for (int64_t item = lo; item < hi; ++item)
    if (job->loop.run(job->rounds) != 0)
      job->used += 1;
}

static double measureFlops(sinter_pool *pool, int32_t dtype, const char **instructions) {
  FlopsJob job = {sinter_peak_loop(dtype), 1000, 0};
  *instructions = job.loop.instructions;
  const int64_t items = (int64_t)ITEMS_PER_THREAD * sinter_pool_threads(pool);
  /* Long enough to be timed, whatever the processor. */
  while (timeLoop(pool, runFlops, &job, items) < flopsRunSeconds)
    job.rounds *= 2;
  double best = 0;
  for (int run = 0; run < FLOPS_RUNS; ++run) {
    const double seconds = timeLoop(pool, runFlops, &job, items);
    const double rate = (double)items * (double)job.rounds * (double)job.loop.flopsPerRound / seconds;
    best = rate > best ? rate : best;
  }
  return best;
}

/*===-- Memory
 * -----------------------------------------------------------------------------------------------------===*/

typedef uint64_t Line __attribute__((vector_size(64)));
enum { LINES_PER_CHUNK = CHUNK_BYTES / sizeof(Line) };

typedef struct StreamJob {
  Line *lines;
  _Atomic uint64_t used;
} StreamJob;

static void readChunks(void *context, int64_t lo, int64_t hi) {
  StreamJob *job = context;
  Line a = {0}, b = a;
  for (const Line *line = job->lines + lo * LINES_PER_CHUNK, *end = job->lines + hi * LINES_PER_CHUNK; line < end;
       line += 2)
    a ^= line[0], b ^= line[1];
  const Line all = a ^ b;
  job->used += all[0] ^ all[3];
}

static void updateChunks(void *context, int64_t lo, int64_t hi) {
  StreamJob *job = context;
  for (Line *line = job->lines + lo * LINES_PER_CHUNK, *end = job->lines + hi * LINES_PER_CHUNK; line < end; ++line)
    *line += 1;
}

static uint64_t clampBytes(uint64_t bytes, uint64_t least, uint64_t most) {
  return bytes < least ? least : bytes > most ? most : bytes;
}

/* Twice what the last-level cache holds, so that a pass finds nothing of the one before; at most a quarter of the
 * memory that is free. */
static uint64_t streamBytes(void) {
  long cache = 0;
#ifdef _SC_LEVEL3_CACHE_SIZE
  cache = sysconf(_SC_LEVEL3_CACHE_SIZE);
#endif
  const uint64_t wanted = clampBytes(2 * (uint64_t)(cache > 0 ? cache : 0), UINT64_C(256) << 20, UINT64_C(1) << 30);
  const long pages = sysconf(_SC_AVPHYS_PAGES), pageBytes = sysconf(_SC_PAGESIZE);
  const uint64_t free = pages > 0 && pageBytes > 0 ? (uint64_t)pages * (uint64_t)pageBytes : wanted * 4;
  return clampBytes(wanted, CHUNK_BYTES, clampBytes(free / 4, CHUNK_BYTES, UINT64_MAX)) / CHUNK_BYTES * CHUNK_BYTES;
}

/* Best rate of reading, and of updating in place, which moves every byte twice. */
static double measureStreams(sinter_pool *pool, void *memory, uint64_t bytes) {
  StreamJob job = {memory, 0};
  const int64_t chunks = (int64_t)(bytes / CHUNK_BYTES);
  sinter_pool_parallel_for(pool, updateChunks, &job, chunks); /* the pages become real */
  double best = 0;
  for (int run = 0; run < STREAM_RUNS; ++run) {
    const double reading = (double)bytes / timeLoop(pool, readChunks, &job, chunks);
    const double updating = 2 * (double)bytes / timeLoop(pool, updateChunks, &job, chunks);
    best = reading > best ? reading : best;
    best = updating > best ? updating : best;
  }
  return best;
}

sinter_status sinter_ceilings_measure(sinter_pool *pool, int32_t dtype, sinter_ceilings *ceilings) {
  if (dtype != SINTER_F32 && dtype != SINTER_F64)
    return sinter_fail(SINTER_INVALID_ARGUMENT, "sinter_ceilings_measure: expected type F32 (%d) or F64 (%d), found %d",
                       SINTER_F32, SINTER_F64, (int)dtype);
  Block block;
  const uint64_t bytes = streamBytes();
  const sinter_status status = sinter_block_allocate(&block, bytes, 64, "measuring");
  if (status != SINTER_OK)
    return status;
  ceilings->flops = measureFlops(pool, dtype, &ceilings->instructions);
  ceilings->bytes = measureStreams(pool, block.data, bytes);
  ceilings->stream_bytes = bytes;
  sinter_block_free(&block);
  return SINTER_OK;
}

double sinter_ceilings_seconds(const sinter_ceilings *ceilings, uint64_t flops, uint64_t bytes) {
  const double computing = (double)flops / ceilings->flops, moving = (double)bytes / ceilings->bytes;
  return computing > moving ? computing : moving;
}
