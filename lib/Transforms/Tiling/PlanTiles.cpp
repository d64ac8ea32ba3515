// Tile sizes and work items of the strategies map, row, column and loops.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "LoopDomain.h"
#include "Transposition.h"
#include "sinter/Transforms/Tiling/Emitters.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace sinter {

/// Elements that a work item should have at least: 16 KB of f32, a microsecond or more.
static constexpr int64_t kItemElements = 4096;

/// Rows that a wide column kernel combines before it touches an accumulator, and columns that are worth an item of
/// their own: a shorter piece of each row ends before the prefetchers have noticed it (4096 rows of 4 KB: whole rows
/// are 2 to 3 times as fast as pieces of 256 bytes).
static constexpr int64_t kRowsAtOnce = 8, kWideColumns = 256;
/// Rows that a row kernel interleaves where it adds up columns, and vectors of a row that is short.
static constexpr int64_t kRowsOfSums = 4, kShortRow = 8;
/// Limits of schedules that were given by hand: stack and code.
static constexpr int64_t kMostColumns = 16384, kMostRowsAtOnce = 32;

static int64_t ceilDiv(int64_t a, int64_t b) {
  return (a + b - 1) / b;
}

/// Price of one point of the domain, in additions.
static double pointWeight(const KernelAnalysis &analysis, const LoopDomain &domain, int64_t batch) {
  double points = domain.outer().largest(batch) * (domain.rank() ? domain.inner().largest(batch) : 1);
  return analysis.weightedOps / std::max(1.0, points);
}

static ScheduleAttr makeSchedule(KernelOp kernel, const KernelAnalysis &analysis, ArrayRef<int64_t> tile, int64_t lanes,
                                 int64_t items, const TargetInfo &target) {
  bool parallel = items > 1 && estimateMicroseconds(analysis, target, laneType(kernel)) > kParallelMicroseconds;
  return ScheduleAttr::get(kernel.getContext(), *analysis.strategy, tile, lanes, parallel);
}

static AffineMap itemMap(Extent total, int64_t perItem, MLIRContext *context) {
  return AffineMap::get(1, 0, total.expr(context).ceilDiv(perItem));
}

/// Lanes and unrolling must be usable, whoever wrote the schedule.
static bool isSane(ScheduleAttr schedule, size_t tiles) {
  return schedule.getTile().size() == tiles && llvm::all_of(schedule.getTile(), [](int64_t t) { return t > 0; }) &&
         schedule.getVector() > 0 && schedule.getVector() <= 64;
}

//===-- map: [elements per item, vectors per iteration] -----------------------------------------------------------===//

ScheduleAttr planMap(KernelOp kernel, const KernelAnalysis &analysis, int64_t batch, const TargetInfo &target) {
  LoopDomain domain(kernel, analysis);
  int64_t lanes = target.lanes(laneType(kernel));
  int64_t elements = domain.outer().largest(batch) * (domain.rank() ? domain.inner().largest(batch) : 1);
  int64_t unroll = pointWeight(analysis, domain, batch) > 16 ? 1 : 4;
  return makeSchedule(kernel, analysis, {kItemElements, unroll}, lanes, ceilDiv(elements, kItemElements), target);
}

FailureOr<AffineMap> mapItems(KernelOp kernel, const KernelAnalysis &analysis, ScheduleAttr schedule, int64_t batch) {
  if (!isSane(schedule, 2) || schedule.getTile()[0] % (schedule.getTile()[1] * schedule.getVector()) != 0)
    return failure();
  LoopDomain domain(kernel, analysis);
  if (domain.rank() == 0)
    return itemMap(Extent{}, 1, kernel.getContext());
  int64_t perItem = schedule.getTile()[0];
  if (domain.rank() == 1)
    return itemMap(domain.inner(), perItem, kernel.getContext());
  return itemMap(domain.outer(), mapRowsPerItem(domain, perItem, batch), kernel.getContext());
}

int64_t mapRowsPerItem(const LoopDomain &domain, int64_t elementsPerItem, int64_t batch) {
  return std::max<int64_t>(1, elementsPerItem / std::max<int64_t>(1, domain.inner().largest(batch)));
}

//===-- row: [rows per item, rows interleaved, vectors per iteration] --------------------------------------------===//

/// Rows together load and store the sums of columns once, and hide latencies where they are short. But if a row, the
/// next one that is under way and the sums fit into the first-level cache, one at a time is best: from there sums cost
/// little, and rows that are a power of two apart push each other out.
static int64_t rowsOfSums(KernelOp kernel, const KernelAnalysis &analysis, int64_t vectors, const TargetInfo &target) {
  int64_t rowBytes = 0, sumBytes = 0;
  for (Type type : kernel.getBody().getArgumentTypes()) {
    auto tensor = cast<RankedTensorType>(type);
    if (tensor.getRank() < 2 || tensor.getShape().back() != analysis.domain.back())
      continue;
    bool isWhole = tensor.getShape() == ArrayRef(analysis.domain);
    bool sums = tensor.getRank() == 2 && tensor.getDimSize(0) == analysis.parts;
    if (isWhole || sums)
      (isWhole ? rowBytes : sumBytes) += tensor.getShape().back() * storedBytes(tensor.getElementType());
  }
  bool alone = vectors > kShortRow && 2 * rowBytes + sumBytes <= target.l1Bytes;
  return alone || analysis.rowsPerPart % kRowsOfSums != 0 ? 1 : kRowsOfSums;
}

ScheduleAttr planRow(KernelOp kernel, const KernelAnalysis &analysis, int64_t batch, const TargetInfo &target) {
  LoopDomain domain(kernel, analysis);
  int64_t lanes = target.lanes(laneType(kernel));
  int64_t inner = std::max<int64_t>(1, domain.inner().largest(batch)), outer = domain.outer().largest(batch);
  int64_t vectors = ceilDiv(inner, lanes);
  bool heavy = pointWeight(analysis, domain, batch) > 30;
  // Short rows hide latencies by interleaving rows, long ones by several accumulators.
  int64_t interleaved = domain.inner().batch || vectors > 2 ? 1 : (vectors == 1 && !heavy ? 4 : 2);
  interleaved = std::clamp<int64_t>(interleaved, 1, std::max<int64_t>(1, outer));
  int64_t unroll = heavy ? 2 : 4;
  if (int64_t rows = analysis.rowsPerPart) {
    interleaved = rowsOfSums(kernel, analysis, vectors, target);
    return makeSchedule(kernel, analysis, {rows, interleaved, 1}, lanes, ceilDiv(outer, rows), target);
  }
  int64_t rows = ceilDiv(std::max<int64_t>(1, kItemElements / inner), interleaved) * interleaved;
  return makeSchedule(kernel, analysis, {rows, interleaved, unroll}, lanes, ceilDiv(outer, rows), target);
}

FailureOr<AffineMap> rowItems(KernelOp kernel, const KernelAnalysis &analysis, ScheduleAttr schedule, int64_t batch) {
  // Whole groups of interleaved rows per item: which rows are left over must not depend on how items are shared.
  if (!isSane(schedule, 3) || schedule.getTile()[0] % schedule.getTile()[1] != 0)
    return failure();
  Extent outer = LoopDomain(kernel, analysis).outer();
  if (analysis.rowsPerPart == 0)
    return itemMap(outer, schedule.getTile()[0], kernel.getContext());
  // Every part has its sums, those of rows that a call does not have too.
  if (schedule.getTile()[0] != analysis.rowsPerPart || analysis.parts * analysis.rowsPerPart < outer.largest(batch))
    return failure();
  return itemMap({analysis.parts, /*batch=*/false}, 1, kernel.getContext());
}

//===-- column: [columns per item, rows at a time (0: narrow)] ----------------------------------------------------===//

/// Bytes of accumulators of a wide block, which share the first-level cache with the rows.
static constexpr int64_t kAccumulatorBytes = 16 << 10;

static int64_t reductionCount(const KernelAnalysis &analysis) {
  return llvm::count_if(analysis.generics, [](linalg::GenericOp op) { return op.getNumReductionLoops() > 0; });
}

ScheduleAttr planColumn(KernelOp kernel, const KernelAnalysis &analysis, int64_t batch, const TargetInfo &target) {
  LoopDomain domain(kernel, analysis);
  int64_t lanes = target.lanes(laneType(kernel)), extent = domain.inner().largest(batch);
  // Four vectors at a time: whole cache lines, and as many independent sums.
  int64_t columns = 4 * lanes, rows = 0;
  if (domain.inner().isStatic() && extent > 2 * columns && domain.outer().largest(batch) >= 2 * kRowsAtOnce) {
    rows = kRowsAtOnce;
    int64_t most = kAccumulatorBytes / (reductionCount(analysis) * target.vectorBytes / lanes);
    int64_t wide = std::clamp<int64_t>(ceilDiv(extent, 2), kWideColumns, 4 * kWideColumns);
    int64_t items = ceilDiv(extent, std::min(wide, most));
    columns = llvm::alignTo(ceilDiv(extent, items), lanes);
  }
  return makeSchedule(kernel, analysis, {columns, rows}, lanes, ceilDiv(extent, columns), target);
}

FailureOr<AffineMap> columnItems(KernelOp kernel, const KernelAnalysis &analysis, ScheduleAttr schedule,
                                 int64_t batch) {
  ArrayRef<int64_t> tile = schedule.getTile();
  if (tile.size() != 2 || tile[0] < 1 || tile[0] > kMostColumns || tile[1] < 0 || tile[1] > kMostRowsAtOnce ||
      schedule.getVector() < 1 || schedule.getVector() > 64 || tile[0] % schedule.getVector() != 0)
    return failure();
  return itemMap(LoopDomain(kernel, analysis).inner(), tile[0], kernel.getContext());
}

//===-- loops: [iterations of the outermost parallel dim per item] -----------------------------------------------===//

/// The outermost parallel loop of a single generic; nothing for a full reduction.
static std::optional<Extent> outermostParallel(const KernelAnalysis &analysis) {
  linalg::GenericOp generic = analysis.generics.front();
  SmallVector<unsigned> parallel;
  generic.getParallelDims(parallel);
  if (parallel.empty())
    return std::nullopt;
  int64_t extent = analysis.domain[parallel.front()];
  return ShapedType::isDynamic(extent) ? Extent{1, true} : Extent{extent, false};
}

ScheduleAttr planLoops(KernelOp kernel, const KernelAnalysis &analysis, int64_t batch, const TargetInfo &target) {
  int64_t outer = outermostParallel(analysis).value_or(Extent{}).largest(batch), points = 1;
  for (int64_t extent : analysis.domain)
    points *= ShapedType::isDynamic(extent) ? batch : extent;
  int64_t inner = std::max<int64_t>(1, points / std::max<int64_t>(1, outer));
  int64_t iterations = std::max<int64_t>(1, kItemElements / inner), lanes = target.lanes(laneType(kernel));
  std::optional<Transposition> transposition = matchTransposition(analysis, lanes);
  if (!transposition)
    lanes = 1;
  else if (transposition->itemsCutSquares())
    iterations = llvm::alignTo(iterations, lanes);
  return makeSchedule(kernel, analysis, {iterations}, lanes, ceilDiv(outer, iterations), target);
}

FailureOr<AffineMap> loopsItems(KernelOp kernel, const KernelAnalysis &analysis, ScheduleAttr schedule, int64_t batch) {
  if (!isSane(schedule, 1))
    return failure();
  if (int64_t lanes = schedule.getVector(); lanes > 1) {
    std::optional<Transposition> transposition = matchTransposition(analysis, lanes);
    if (!transposition || (transposition->itemsCutSquares() && schedule.getTile()[0] % lanes != 0))
      return failure();
  }
  return itemMap(outermostParallel(analysis).value_or(Extent{}), schedule.getTile()[0], kernel.getContext());
}

} // namespace sinter
