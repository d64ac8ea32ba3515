/* How do parallel loops start in a fraction of a microsecond and idle threads cost nothing?
 *
 * One 64-bit word, `ticket`, says which loop is current and how many threads take part. Starting a loop is one store to
 * it; participants see it while spinning. A worker that has spun for long sleeps on a futex of its own and is woken by
 * name, so threads that a small loop does not need stay asleep. The joining caller counts `remaining` down likewise.
 *
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include <sinter-rt/threads.h>

#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum {
  CACHE_LINE = 64,
  /* Nanoseconds of waiting with the pause instruction; a waiter then yields its CPU between looks, and at last sleeps.
   */
  PAUSE_NS = 50 * 1000,
  WORKER_AWAKE_NS = 1000 * 1000,
  JOINER_AWAKE_NS = 100 * 1000,
  PAUSES_PER_LOOK_AT_CLOCK = 32
};

/* ticket = generation | participants << GENERATION_BITS; participants includes the caller. */
enum { GENERATION_BITS = 50 };
#define GENERATION_MASK ((UINT64_C(1) << GENERATION_BITS) - 1)

typedef struct Worker {
  _Alignas(CACHE_LINE) atomic_uint asleep; /* futex: 1 while sleeping or about to */
  struct sinter_pool *pool;
  int index; /* 1 .. threads - 1 */
  pthread_t thread;
} Worker;

struct sinter_pool {
  _Alignas(CACHE_LINE) atomic_uint_least64_t ticket;
  /* The loop of the current ticket; written by the caller before the ticket. */
  sinter_task task; /* NULL: the pool ends */
  void *context;
  int64_t items;

  _Alignas(CACHE_LINE) atomic_uint remaining; /* futex: workers still at the current loop */
  atomic_uint joinerAsleep;

  _Alignas(CACHE_LINE) pthread_mutex_t callers; /* one loop at a time */
  int threads;
  int64_t pauseNs; /* 0 when there are more threads than CPUs */
  Worker *workers; /* threads - 1 of them */
};

/* Set while this thread runs a task: loops started then run inline. */
static _Thread_local bool insideTask;

int sinter_cpu_count(void) {
  /* The kernel's mask may be wider than cpu_set_t. */
  for (size_t cpus = 1024; cpus <= (1u << 20); cpus *= 4) {
    cpu_set_t *set = CPU_ALLOC(cpus);
    if (!set)
      break;
    const size_t bytes = CPU_ALLOC_SIZE(cpus);
    const int count = sched_getaffinity(0, bytes, set) == 0 ? CPU_COUNT_S(bytes, set) : 0;
    CPU_FREE(set);
    if (count > 0)
      return count < SINTER_MAX_THREADS ? count : SINTER_MAX_THREADS;
  }
  return 1;
}

static void cpuPause(void) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

static int64_t nowNs(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void futexWait(atomic_uint *word, unsigned expected) {
  syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, expected, NULL, NULL, 0);
}

static void futexWake(atomic_uint *word) {
  syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

/* The time a waiter has been awake; decides between pausing, yielding and giving up. */
typedef struct Patience {
  int64_t start, pauseNs, awakeNs;
  unsigned looks;
} Patience;

/* Waits a little. False when it is time to sleep. */
static bool waitAwake(Patience *patience) {
  if (++patience->looks % PAUSES_PER_LOOK_AT_CLOCK != 0) {
    cpuPause();
    return true;
  }
  const int64_t now = nowNs();
  if (patience->start == 0)
    patience->start = now;
  const int64_t waited = now - patience->start;
  if (waited >= patience->awakeNs)
    return false;
  if (waited >= patience->pauseNs) {
    sched_yield();
    patience->looks = PAUSES_PER_LOOK_AT_CLOCK - 1; /* look at the clock next time: a yield may take long */
  }
  return true;
}

static int participantsOf(uint64_t ticket) {
  return (int)(ticket >> GENERATION_BITS);
}

/* Runs the share of thread `index` among `participants`. */
static void runShare(const sinter_pool *pool, int index, int participants) {
  const int64_t quotient = pool->items / participants, remainder = pool->items % participants;
  const int64_t lo = quotient * index + (index < remainder ? index : remainder);
  pool->task(pool->context, lo, lo + quotient + (index < remainder));
}

/* Returns the first ticket other than `seen` that thread `worker` takes part in. */
static uint64_t awaitTicket(Worker *worker, uint64_t seen) {
  sinter_pool *pool = worker->pool;
  Patience patience = {0, pool->pauseNs, WORKER_AWAKE_NS, 0};
  for (;;) {
    const uint64_t ticket = atomic_load_explicit(&pool->ticket, memory_order_acquire);
    if (ticket != seen && worker->index < participantsOf(ticket))
      return ticket;
    if (waitAwake(&patience))
      continue;
    /* Announce the sleep, then look once more: whoever posts a ticket looks at `asleep` after that. */
    atomic_store(&worker->asleep, 1);
    const uint64_t last = atomic_load(&pool->ticket);
    if (last == seen || worker->index >= participantsOf(last))
      while (atomic_load(&worker->asleep) == 1)
        futexWait(&worker->asleep, 1);
    atomic_store(&worker->asleep, 0);
    patience.start = 0;
    patience.looks = 0;
  }
}

static void *workerMain(void *argument) {
  Worker *worker = argument;
  sinter_pool *pool = worker->pool;
  insideTask = true;
  uint64_t seen = 0;
  for (;;) {
    seen = awaitTicket(worker, seen);
    if (!pool->task)
      return NULL;
    runShare(pool, worker->index, participantsOf(seen));
    if (atomic_fetch_sub(&pool->remaining, 1) == 1 && atomic_load(&pool->joinerAsleep))
      futexWake(&pool->remaining);
  }
}

/* Makes the loop described by the pool's fields current for `participants` threads. */
static void postTicket(sinter_pool *pool, int participants) {
  const uint64_t generation = (atomic_load_explicit(&pool->ticket, memory_order_relaxed) + 1) & GENERATION_MASK;
  atomic_store_explicit(&pool->remaining, (unsigned)participants - 1, memory_order_relaxed);
  atomic_store(&pool->ticket, generation | (uint64_t)participants << GENERATION_BITS);
  for (int index = 1; index < participants; ++index) {
    Worker *worker = &pool->workers[index - 1];
    if (atomic_load(&worker->asleep) && atomic_exchange(&worker->asleep, 0))
      futexWake(&worker->asleep);
  }
}

static void awaitWorkers(sinter_pool *pool) {
  Patience patience = {0, pool->pauseNs, JOINER_AWAKE_NS, 0};
  while (atomic_load_explicit(&pool->remaining, memory_order_acquire) != 0) {
    if (waitAwake(&patience))
      continue;
    atomic_store(&pool->joinerAsleep, 1);
    for (unsigned left; (left = atomic_load(&pool->remaining)) != 0;)
      futexWait(&pool->remaining, left);
    atomic_store(&pool->joinerAsleep, 0);
  }
}

void sinter_pool_parallel_for(void *opaque, sinter_task task, void *context, int64_t items) {
  sinter_pool *pool = opaque;
  if (items <= 0)
    return;
  const int participants = !pool || insideTask ? 1 : items < pool->threads ? (int)items : pool->threads;
  if (participants == 1) {
    task(context, 0, items);
    return;
  }
  pthread_mutex_lock(&pool->callers);
  pool->task = task;
  pool->context = context;
  pool->items = items;
  postTicket(pool, participants);
  insideTask = true;
  runShare(pool, 0, participants);
  insideTask = false;
  awaitWorkers(pool);
  pthread_mutex_unlock(&pool->callers);
}

/* Ends and joins the workers created so far, and frees the pool. */
static void endPool(sinter_pool *pool, int created) {
  if (created > 0) {
    pool->task = NULL;
    postTicket(pool, created + 1);
    for (int index = 0; index < created; ++index)
      pthread_join(pool->workers[index].thread, NULL);
  }
  pthread_mutex_destroy(&pool->callers);
  free(pool->workers);
  free(pool);
}

/* Starts the workers with all asynchronous signals blocked, so that handlers run in the program's own threads. Returns
 * how many could be started. */
static int startWorkers(sinter_pool *pool) {
  sigset_t blocked, former;
  sigfillset(&blocked);
  const int synchronous[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGPROF};
  for (size_t i = 0; i < sizeof synchronous / sizeof *synchronous; ++i)
    sigdelset(&blocked, synchronous[i]);
  pthread_sigmask(SIG_SETMASK, &blocked, &former);
  int created = 0;
  for (; created < pool->threads - 1; ++created) {
    Worker *worker = &pool->workers[created];
    worker->pool = pool;
    worker->index = created + 1;
    if (pthread_create(&worker->thread, NULL, workerMain, worker) != 0)
      break;
    pthread_setname_np(worker->thread, "sinter-worker");
  }
  pthread_sigmask(SIG_SETMASK, &former, NULL);
  return created;
}

/* Zeroed memory on a cache line boundary; `bytes` must be a multiple of it. */
static void *allocateLines(size_t bytes) {
  void *memory = aligned_alloc(CACHE_LINE, bytes);
  if (memory)
    memset(memory, 0, bytes);
  return memory;
}

sinter_status sinter_pool_create(int threads, sinter_pool **result) {
  if (!result)
    return sinter_fail(SINTER_INVALID_ARGUMENT, "sinter_pool_create: expected a place for the pool, found NULL");
  *result = NULL;
  if (threads < 0 || threads > SINTER_MAX_THREADS)
    return sinter_fail(SINTER_INVALID_ARGUMENT, "number of threads: expected 0 to %d, found %d", SINTER_MAX_THREADS,
                       threads);
  const int cpus = sinter_cpu_count();
  if (threads == 0)
    threads = cpus;
  sinter_pool *pool = allocateLines(sizeof *pool);
  Worker *workers = allocateLines(sizeof *workers * (size_t)threads);
  if (!pool || !workers) {
    free(pool);
    free(workers);
    return sinter_fail(SINTER_OUT_OF_MEMORY, "not enough memory for a pool of %d threads", threads);
  }
  pool->workers = workers;
  pool->threads = threads;
  pool->pauseNs = threads <= cpus ? PAUSE_NS : 0;
  pthread_mutex_init(&pool->callers, NULL);
  const int created = startWorkers(pool);
  if (created < threads - 1) {
    endPool(pool, created);
    return sinter_fail(SINTER_OUT_OF_MEMORY, "the system refuses to start more than %d of %d threads", created + 1,
                       threads);
  }
  *result = pool;
  return SINTER_OK;
}

void sinter_pool_destroy(sinter_pool *pool) {
  if (pool)
    endPool(pool, pool->threads - 1);
}

int sinter_pool_threads(const sinter_pool *pool) {
  return pool ? pool->threads : 1;
}
