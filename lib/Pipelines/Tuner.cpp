// Which schedules are fastest on this machine? See Tuner.h.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "sinter/Pipelines/Tuner.h"

#include "StepTimer.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "sinter/Pipelines/Pipelines.h"
#include "sinter/Transforms/Memory/Layout.h"
#include "sinter/Transforms/Tiling/Candidates.h"
#include "sinter/Transforms/Tiling/ScheduleFile.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/Support/Regex.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>

using namespace mlir;

namespace sinter {

namespace {

/// What counts as faster: more than 3 %.
constexpr double kMargin = 0.97;
/// A found schedule's neighbours are tried if it is this much faster than the schedule whose neighbour it is.
constexpr double kWorthMoving = 0.99;
/// Blocks of steps that take turns, seconds of a block, and its least and most steps. The first step of a block finds
/// the caches full of the other's data and does not count.
constexpr int kRoundTurns = 5, kConfirmationTurns = 12;
constexpr double kBlockSeconds = 0.02;
constexpr int kLeastSteps = 3, kMostSteps = 200;
/// Steps whose losses must be those of the planned step, and how nearly.
constexpr int kLossSteps = 2;
constexpr double kLossTolerance = 1e-3;
/// Confirmations after which what is left is taken.
constexpr int kMostConfirmations = 3;

class Clock {
public:
  double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(); }

private:
  std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now();
};

struct PoolDeleter {
  void operator()(sinter_pool *pool) const { sinter_pool_destroy(pool); }
};

/// Kernels with the same code, and how far they have got.
struct Group {
  TunedKernel about;
  std::vector<size_t> kernels;  ///< numbers in the module
  std::vector<size_t> launches; ///< numbers in train_step
  SmallVector<ScheduleAttr> queue;
  size_t next = 0;                ///< of the queue
  llvm::DenseSet<Attribute> seen; ///< planned, or in a queue once
  ScheduleAttr center;            ///< whose neighbours the queue has
  double centerRatio = 1;
  ScheduleAttr best;
  double bestRatio = 1; ///< time by that of the planned one

  bool hasNext() const { return next < queue.size(); }
};

/// Medians of runs by turns, by group. The step is the sum of its groups: on a busy machine some kernel is disturbed in
/// nearly every step, so that the median of whole steps says little.
struct Comparison {
  std::vector<double> planned, other;
  double plannedStep = 0, otherStep = 0;
};

double medianOf(std::vector<double> values) {
  auto middle = values.begin() + values.size() / 2;
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

bool areClose(double a, double b) {
  return std::isnan(a) ? std::isnan(b) : std::abs(a - b) <= kLossTolerance * std::max(std::abs(a), 1e-3);
}

class Tuner {
public:
  Tuner(Compilation &compilation, const TuneOptions &options, TuneObserver &observer)
      : compilation(compilation), options(options), observer(observer),
        target(describeTarget(compilation.targetMachine())) {}

  llvm::Expected<TuneResult> run();

private:
  using Schedules = std::vector<ScheduleAttr>; ///< by group

  llvm::Error collectGroups();
  llvm::Error select();
  llvm::Error startPool();
  llvm::Error measurePlanned();
  llvm::Error search();
  void refill(Group &group);
  bool hasTime() const;
  bool mayGoOn();
  llvm::Error runRound();
  llvm::Error confirm();

  Schedules planned() const;
  llvm::Expected<std::unique_ptr<StepTimer>> compile(const Schedules &schedules);
  llvm::Expected<std::unique_ptr<StepTimer>> compileSilently(const Schedules &schedules);
  llvm::Error checkLaunches(const StepTimer &timer, const Schedules &schedules) const;
  llvm::Expected<bool> hasPlannedLoss(StepTimer &timer);
  llvm::Expected<Comparison> compare(StepTimer &other, int turns);
  int64_t roundsLeft() const;

  Compilation &compilation;
  const TuneOptions &options;
  TuneObserver &observer;
  TargetInfo target;
  int64_t batch = 1;
  Clock clock;
  size_t launchCount = 0;
  std::vector<Group> groups;
  std::unique_ptr<sinter_pool, PoolDeleter> pool;
  std::unique_ptr<StepTimer> plannedTimer;
  std::vector<double> plannedLosses;
  int stepsPerBlock = kLeastSteps;
  TuneResult result;
};

//===-- What there is to tune -------------------------------------------------------------------------------------===//

llvm::Error Tuner::collectGroups() {
  if (auto attribute = compilation.module()->getAttrOfType<IntegerAttr>(kBatchAttr))
    batch = attribute.getInt();
  std::vector<NamedKernel> kernels = nameKernels(compilation.module());
  std::vector<KernelOp> first; // of each group
  auto groupOf = [&](KernelOp kernel) {
    auto found = llvm::find_if(first, [&](KernelOp other) {
      return other.getScheduleAttr() == kernel.getScheduleAttr() && haveSameBody(other, kernel);
    });
    return size_t(found - first.begin());
  };
  for (auto [number, named] : llvm::enumerate(kernels)) {
    if (named.kernel->getParentOfType<func::FuncOp>().getName() != "train_step")
      continue;
    size_t index = groupOf(named.kernel);
    if (index == first.size()) {
      first.push_back(named.kernel);
      groups.emplace_back();
      groups[index].about.planned = groups[index].about.found = named.kernel.getScheduleAttr();
    }
    groups[index].launches.push_back(launchCount++);
  }
  // All functions of the module: a forward kernel of train_step is that of predict as well, and stays one function.
  for (auto [number, named] : llvm::enumerate(kernels)) {
    if (size_t index = groupOf(named.kernel); index < groups.size()) {
      groups[index].kernels.push_back(number);
      groups[index].about.names.push_back(named.name);
    }
  }
  return groups.empty() ? llvm::createStringError("the model has no 'train_step' with kernels to tune")
                        : llvm::Error::success();
}

/// Leaves candidates to the kernels that were asked for.
llvm::Error Tuner::select() {
  llvm::Regex wanted(options.kernels.empty() ? ".*" : options.kernels);
  std::string problem;
  if (!wanted.isValid(problem))
    return llvm::createStringError("'" + options.kernels + "' is no regular expression: " + problem);
  bool any = false;
  for (Group &group : groups) {
    group.best = group.center = group.about.planned;
    group.seen.insert(group.about.planned);
    if (llvm::none_of(group.about.names, [&](const std::string &name) { return wanted.match(name); }))
      continue;
    any = true;
    refill(group);
  }
  return any ? llvm::Error::success()
             : llvm::createStringError("no kernel of train_step fits '" + options.kernels +
                                       "'; `sinterc --print-schedules` lists them");
}

/// The neighbours of the center that were not tried yet.
void Tuner::refill(Group &group) {
  KernelOp kernel = nameKernels(compilation.module())[group.kernels.front()].kernel;
  for (ScheduleAttr schedule : neighbouringSchedules(kernel, group.center, batch, target))
    if (group.seen.insert(schedule).second)
      group.queue.push_back(schedule);
}

int64_t Tuner::roundsLeft() const {
  size_t most = 0;
  for (const Group &group : groups)
    most = std::max(most, group.queue.size() - group.next);
  return most;
}

//===-- Compiling and running -------------------------------------------------------------------------------------===//

Tuner::Schedules Tuner::planned() const {
  Schedules schedules;
  for (const Group &group : groups)
    schedules.push_back(group.about.planned);
  return schedules;
}

llvm::Expected<std::unique_ptr<StepTimer>> Tuner::compile(const Schedules &schedules) {
  std::unique_ptr<Compilation> fork = compilation.fork();
  std::vector<NamedKernel> kernels = nameKernels(fork->module());
  for (auto [group, schedule] : llvm::zip_equal(groups, schedules))
    for (size_t number : group.kernels)
      kernels[number].kernel.setScheduleAttr(schedule);
  if (failed(fork->advanceTo(Phase::LLVM)))
    return llvm::createStringError("the step cannot be compiled");
  auto library = CompiledLibrary::make(*fork, options.runtimeFolder);
  if (!library)
    return library.takeError();
  auto timer = StepTimer::make(std::move(*library), pool.get());
  if (!timer)
    return timer.takeError();
  if (llvm::Error error = checkLaunches(**timer, schedules))
    return error;
  return timer;
}

/// Without diagnostics.
llvm::Expected<std::unique_ptr<StepTimer>> Tuner::compileSilently(const Schedules &schedules) {
  ScopedDiagnosticHandler silent(compilation.module()->getContext(), [](Diagnostic &) { return success(); });
  return compile(schedules);
}

/// Launches are told apart by their numbers: these must be those of the kernels.
llvm::Error Tuner::checkLaunches(const StepTimer &timer, const Schedules &schedules) const {
  std::vector<std::string> texts; // by launch
  for (uint32_t row = 0; row < timer.artifact().kernel_count; ++row)
    if (llvm::StringRef(timer.artifact().kernels[row].step) == "train_step")
      texts.push_back(timer.artifact().kernels[row].schedule);
  bool fits = texts.size() == launchCount;
  for (size_t i = 0; fits && i < groups.size(); ++i) {
    std::string expected;
    llvm::raw_string_ostream(expected) << Attribute(schedules[i]);
    fits = llvm::all_of(groups[i].launches, [&](size_t launch) { return texts[launch] == expected; });
  }
  return fits ? llvm::Error::success()
              : llvm::createStringError("the launches of the compiled train_step are not its kernels in their order");
}

llvm::Error Tuner::startPool() {
  sinter_pool *created = nullptr;
  if (sinter_pool_create(options.threads, &created) != SINTER_OK)
    return llvm::createStringError(sinter_last_error());
  pool.reset(created);
  result.threads = sinter_pool_threads(created);
  return llvm::Error::success();
}

llvm::Error Tuner::measurePlanned() {
  auto timer = compile(planned());
  if (!timer)
    return timer.takeError();
  plannedTimer = std::move(*timer);
  double step = 0;
  for (int i = 0; i < kLossSteps; ++i) {
    auto sample = plannedTimer->run();
    if (!sample)
      return sample.takeError();
    plannedLosses.push_back(plannedTimer->loss());
    step = sample->step; // the first one touches memory for the first time
  }
  stepsPerBlock = static_cast<int>(std::clamp<double>(kBlockSeconds / step, kLeastSteps, kMostSteps));
  return llvm::Error::success();
}

/// Takes the first steps. A kernel that computes something else shows in the loss.
llvm::Expected<bool> Tuner::hasPlannedLoss(StepTimer &timer) {
  bool same = true;
  for (double expected : plannedLosses) {
    auto sample = timer.run();
    if (!sample)
      return sample.takeError();
    same &= areClose(expected, timer.loss());
  }
  return same;
}

/// Both by turns, so that what disturbs the machine disturbs both.
llvm::Expected<Comparison> Tuner::compare(StepTimer &other, int turns) {
  StepTimer *timers[] = {plannedTimer.get(), &other};
  std::vector<std::vector<double>> samples[2];
  for (auto &ofTimer : samples)
    ofTimer.resize(groups.size());
  for (int turn = 0; turn < 2 * turns; ++turn) {
    for (int step = 0; step < stepsPerBlock; ++step) {
      auto sample = timers[turn % 2]->run();
      if (!sample)
        return sample.takeError();
      if (step == 0)
        continue;
      for (auto [group, values] : llvm::zip_equal(groups, samples[turn % 2])) {
        double seconds = 0;
        for (size_t launch : group.launches)
          seconds += sample->launches[launch];
        values.push_back(seconds);
      }
    }
  }
  Comparison comparison;
  for (size_t i = 0; i < groups.size(); ++i) {
    comparison.planned.push_back(medianOf(samples[0][i]));
    comparison.other.push_back(medianOf(samples[1][i]));
  }
  comparison.plannedStep = std::accumulate(comparison.planned.begin(), comparison.planned.end(), 0.0);
  comparison.otherStep = std::accumulate(comparison.other.begin(), comparison.other.end(), 0.0);
  return comparison;
}

//===-- Searching -------------------------------------------------------------------------------------------------===//

/// Time for another round, and for confirming what was found, which takes longer. Rounds take about what the planned
/// step took, which was compiled and run as well.
bool Tuner::hasTime() const {
  constexpr double kRoundAndConfirmation = 4;
  return clock.seconds() * (1 + kRoundAndConfirmation / (result.rounds + 1)) <= options.seconds;
}

bool Tuner::mayGoOn() {
  return roundsLeft() > 0 && (options.rounds == 0 || result.rounds < options.rounds) && hasTime() &&
         !observer.shouldStop();
}

llvm::Error Tuner::search() {
  while (mayGoOn()) {
    if (llvm::Error error = runRound())
      return error;
    int64_t better = llvm::count_if(groups, [](const Group &group) { return group.bestRatio < kMargin; });
    observer.progress({clock.seconds(), result.rounds, roundsLeft(), better});
  }
  result.complete = roundsLeft() == 0;
  return llvm::Error::success();
}

llvm::Error Tuner::runRound() {
  Schedules schedules;
  std::vector<size_t> tried;
  for (auto [index, group] : llvm::enumerate(groups)) {
    if (group.hasNext())
      tried.push_back(index);
    schedules.push_back(group.hasNext() ? group.queue[group.next++] : group.about.planned);
  }
  ++result.rounds;
  auto timer = compileSilently(schedules);
  if (!timer) { // what one candidate is to blame for is no reason to give up
    llvm::consumeError(timer.takeError());
    ++result.rejected;
    return llvm::Error::success();
  }
  llvm::Expected<bool> same = hasPlannedLoss(**timer);
  if (!same)
    return same.takeError();
  if (!*same) {
    ++result.rejected;
    return llvm::Error::success();
  }
  llvm::Expected<Comparison> comparison = compare(**timer, kRoundTurns);
  if (!comparison)
    return comparison.takeError();
  result.measured += tried.size();
  for (size_t index : tried) {
    Group &group = groups[index];
    double ratio = comparison->other[index] / comparison->planned[index];
    if (ratio < group.bestRatio)
      group.best = schedules[index], group.bestRatio = ratio;
    if (group.hasNext() || group.bestRatio >= kMargin || group.bestRatio >= kWorthMoving * group.centerRatio)
      continue;
    group.center = group.best, group.centerRatio = group.bestRatio;
    refill(group);
  }
  return llvm::Error::success();
}

/// Runs what was found all together, and keeps what is faster again, until nothing is dropped any more.
llvm::Error Tuner::confirm() {
  for (Group &group : groups)
    group.about.found = group.bestRatio < kMargin ? group.best : group.about.planned;
  auto anyFound = [&] {
    return llvm::any_of(groups, [](const Group &group) { return group.about.found != group.about.planned; });
  };
  bool dropped = true;
  for (int i = 0; i < kMostConfirmations && dropped && anyFound() && (i == 0 || hasTime()); ++i) {
    Schedules schedules;
    for (Group &group : groups)
      schedules.push_back(group.about.found);
    auto timer = compile(schedules);
    if (!timer)
      return timer.takeError();
    llvm::Expected<Comparison> comparison = compare(**timer, kConfirmationTurns);
    if (!comparison)
      return comparison.takeError();
    dropped = false;
    result.plannedStep = comparison->plannedStep, result.foundStep = comparison->otherStep;
    const bool slower = result.foundStep >= result.plannedStep;
    for (auto [index, group] : llvm::enumerate(groups)) {
      TunedKernel &about = group.about;
      about.plannedSeconds = comparison->planned[index], about.foundSeconds = comparison->other[index];
      if (about.found == about.planned || (about.foundSeconds < kMargin * about.plannedSeconds && !slower))
        continue;
      about.found = about.planned;
      dropped = true;
    }
  }
  return llvm::Error::success();
}

llvm::Expected<TuneResult> Tuner::run() {
  if (llvm::Error error = collectGroups())
    return error;
  if (llvm::Error error = select())
    return error;
  if (llvm::Error error = startPool())
    return error;
  if (llvm::Error error = measurePlanned())
    return error;
  if (llvm::Error error = search())
    return error;
  if (llvm::Error error = confirm())
    return error;
  for (Group &group : groups)
    if (!group.queue.empty())
      result.kernels.push_back(group.about);
  result.seconds = clock.seconds();
  return std::move(result);
}

} // namespace

llvm::Expected<TuneResult> tune(Compilation &compilation, const TuneOptions &options, TuneObserver &observer) {
  return Tuner(compilation, options, observer).run();
}

} // namespace sinter
