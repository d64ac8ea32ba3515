/* How do parallel loops start in a fraction of a microsecond, idle threads cost nothing, and busy machines not hurt?
 *
 * One 64-bit word, `ticket`, says which loop is current and how many threads are invited. Starting a loop is one store
 * to it; the invited see it while spinning. A worker that has spun for long sleeps on a futex of its own and is woken
 * by name, so threads that a small loop does not need stay asleep.
 *
 * Every invited thread has a share of the items, and takes it in two pieces; then it takes what others have not begun.
 * A worker whose CPU runs another program just now is not waited for: when nothing is left to begin, the caller closes
 * the `gate`, waits for those that are inside, and returns; who comes late finds the gate closed.
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

/* gate = workers inside | GATE_OPEN | generation << GATE_GENERATION_SHIFT. */
enum { GATE_GENERATION_SHIFT = 14 };
#define GATE_OPEN (UINT64_C(1) << 13)
#define GATE_INSIDE (GATE_OPEN - 1)
_Static_assert(SINTER_MAX_THREADS <= GATE_INSIDE, "all workers can be inside");

typedef struct Worker {
  _Alignas(CACHE_LINE) atomic_uint asleep; /* futex: 1 while sleeping or about to */
  struct sinter_pool *pool;
  int index; /* 1 .. threads - 1 */
  pthread_t thread;
} Worker;

/* Units of one participant that nobody has begun: [first, end) as first | end << 32. The owner takes from the front,
 * others from the back. */
typedef struct Share {
  _Alignas(CACHE_LINE) atomic_uint_least64_t range;
} Share;

struct sinter_pool {
  _Alignas(CACHE_LINE) atomic_uint_least64_t ticket;
  atomic_bool ending;
  /* The loop of the current ticket; written by the caller while nobody is inside, read by those who are. */
  sinter_task task;
  void *context;
  int64_t items, itemsPerUnit;
  sinter_piece_observer observer; /* changes between loops only */
  void *observerContext;

  _Alignas(CACHE_LINE) atomic_uint_least64_t gate;
  atomic_uint joiner; /* futex: 1 while the caller sleeps or is about to */

  _Alignas(CACHE_LINE) pthread_mutex_t callers; /* one loop at a time */
  int threads;
  int64_t pauseNs; /* 0 when there are more threads than CPUs */
  Worker *workers; /* threads - 1 of them */
  Share *shares;   /* `threads` of them */
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

/* Gives each participant its share. */
static void cutShares(sinter_pool *pool, int participants) {
  /* Shares count in 31 bits. */
  pool->itemsPerUnit = (pool->items >> 31) + 1;
  const uint64_t units = (uint64_t)((pool->items - 1) / pool->itemsPerUnit) + 1;
  const uint64_t quotient = units / (uint64_t)participants, remainder = units % (uint64_t)participants;
  uint64_t first = 0;
  for (int index = 0; index < participants; ++index) {
    const uint64_t end = first + quotient + ((uint64_t)index < remainder);
    atomic_store_explicit(&pool->shares[index].range, first | end << 32, memory_order_relaxed);
    first = end;
  }
}

/* Takes half of what is left of a share, from its front or its back. False when nothing is. */
static bool takeHalf(Share *share, bool front, uint32_t *first, uint32_t *end) {
  uint64_t range = atomic_load_explicit(&share->range, memory_order_relaxed);
  for (;;) {
    const uint32_t low = (uint32_t)range, high = (uint32_t)(range >> 32);
    if (low >= high)
      return false;
    const uint32_t count = (high - low + 1) / 2;
    *first = front ? low : high - count;
    *end = *first + count;
    const uint64_t rest = front ? (uint64_t)*end | (uint64_t)high << 32 : (uint64_t)low | (uint64_t)*first << 32;
    if (atomic_compare_exchange_weak_explicit(&share->range, &range, rest, memory_order_relaxed, memory_order_relaxed))
      return true;
  }
}

/* Runs items [lo, hi) of the current loop in thread `index`. */
static void runPiece(const sinter_pool *pool, int index, int64_t lo, int64_t hi) {
  const sinter_piece_observer observer = pool->observer;
  if (observer)
    observer(pool->observerContext, index, lo, hi, 0);
  pool->task(pool->context, lo, hi);
  if (observer)
    observer(pool->observerContext, index, lo, hi, 1);
}

static void runUnits(const sinter_pool *pool, int index, uint32_t first, uint32_t end) {
  const int64_t lo = first * pool->itemsPerUnit;
  /* Not `end * itemsPerUnit`: the last unit may be cut short, and the product too large. */
  const int64_t size = (end - first) * pool->itemsPerUnit, left = pool->items - lo;
  runPiece(pool, index, lo, lo + (size < left ? size : left));
}

/* Runs the share of thread `index`, then what is left of the others'. */
static void runShares(sinter_pool *pool, int index, int participants) {
  uint32_t first, end;
  for (int i = 0; i < participants; ++i) {
    const int owner = (index + i) % participants;
    while (takeHalf(&pool->shares[owner], owner == index, &first, &end))
      runUnits(pool, index, first, end);
  }
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

/* False when the loop of `ticket` is over. */
static bool enter(sinter_pool *pool, uint64_t ticket) {
  const uint64_t open = (ticket & GENERATION_MASK) << GATE_GENERATION_SHIFT | GATE_OPEN;
  uint64_t gate = atomic_load_explicit(&pool->gate, memory_order_relaxed);
  while ((gate & ~GATE_INSIDE) == open)
    if (atomic_compare_exchange_weak_explicit(&pool->gate, &gate, gate + 1, memory_order_acquire, memory_order_relaxed))
      return true;
  return false;
}

static void leave(sinter_pool *pool) {
  const uint64_t gate = atomic_fetch_sub(&pool->gate, 1) - 1;
  if ((gate & (GATE_INSIDE | GATE_OPEN)) == 0 && atomic_exchange(&pool->joiner, 0))
    futexWake(&pool->joiner);
}

static void *workerMain(void *argument) {
  Worker *worker = argument;
  sinter_pool *pool = worker->pool;
  insideTask = true;
  uint64_t seen = 0;
  for (;;) {
    seen = awaitTicket(worker, seen);
    if (atomic_load(&pool->ending))
      return NULL;
    if (!enter(pool, seen))
      continue;
    runShares(pool, worker->index, participantsOf(seen));
    leave(pool);
  }
}

/* Makes the loop described by the pool's fields current for `participants` threads. */
static void postTicket(sinter_pool *pool, int participants) {
  const uint64_t generation = (atomic_load_explicit(&pool->ticket, memory_order_relaxed) + 1) & GENERATION_MASK;
  atomic_store_explicit(&pool->gate, generation << GATE_GENERATION_SHIFT | GATE_OPEN, memory_order_release);
  atomic_store(&pool->ticket, generation | (uint64_t)participants << GENERATION_BITS);
  for (int index = 1; index < participants; ++index) {
    Worker *worker = &pool->workers[index - 1];
    if (atomic_load(&worker->asleep) && atomic_exchange(&worker->asleep, 0))
      futexWake(&worker->asleep);
  }
}

/* Lets nobody in any more, and waits until nobody is inside. */
static void closeGate(sinter_pool *pool) {
  if ((atomic_fetch_and(&pool->gate, ~GATE_OPEN) & GATE_INSIDE) == 0)
    return;
  Patience patience = {0, pool->pauseNs, JOINER_AWAKE_NS, 0};
  while ((atomic_load_explicit(&pool->gate, memory_order_acquire) & GATE_INSIDE) != 0) {
    if (waitAwake(&patience))
      continue;
    /* Announce the sleep, then look once more: the last one to leave looks at `joiner` after that. */
    atomic_store(&pool->joiner, 1);
    while ((atomic_load(&pool->gate) & GATE_INSIDE) != 0 && atomic_load(&pool->joiner) == 1)
      futexWait(&pool->joiner, 1);
    atomic_store(&pool->joiner, 0);
  }
}

void sinter_pool_parallel_for(void *opaque, sinter_task task, void *context, int64_t items) {
  sinter_pool *pool = opaque;
  if (items <= 0)
    return;
  const int participants = !pool || insideTask ? 1 : items < pool->threads ? (int)items : pool->threads;
  if (participants == 1 && (!pool || insideTask || !pool->observer)) {
    task(context, 0, items);
    return;
  }
  pthread_mutex_lock(&pool->callers);
  pool->task = task;
  pool->context = context;
  pool->items = items;
  insideTask = true;
  if (participants == 1) {
    runPiece(pool, 0, 0, items);
  } else {
    cutShares(pool, participants);
    postTicket(pool, participants);
    runShares(pool, 0, participants);
    closeGate(pool);
  }
  insideTask = false;
  pthread_mutex_unlock(&pool->callers);
}

void sinter_pool_set_observer(sinter_pool *pool, sinter_piece_observer observer, void *context) {
  pool->observer = observer;
  pool->observerContext = context;
}

/* Ends and joins the workers created so far, and frees the pool. */
static void endPool(sinter_pool *pool, int created) {
  if (created > 0) {
    atomic_store(&pool->ending, true);
    postTicket(pool, created + 1);
    for (int index = 0; index < created; ++index)
      pthread_join(pool->workers[index].thread, NULL);
  }
  pthread_mutex_destroy(&pool->callers);
  free(pool->workers);
  free(pool->shares);
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
  Share *shares = allocateLines(sizeof *shares * (size_t)threads);
  if (!pool || !workers || !shares) {
    free(pool);
    free(workers);
    free(shares);
    return sinter_fail(SINTER_OUT_OF_MEMORY, "not enough memory for a pool of %d threads", threads);
  }
  pool->workers = workers;
  pool->shares = shares;
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
