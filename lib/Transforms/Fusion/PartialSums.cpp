// Which sums of columns are begun where rows are computed, or the tiles of a product?
//
// The gradient of a norm's scale adds up, for each column, what the kernel of rows has at hand for each of its rows: a
// kernel of its own would read two large tensors again. So the sum is cut, along the rows, in parts of R rows, and the
// kernel of rows adds up its parts while it makes its other results; few rows are left for a kernel of columns:
//
//   s[c] = sum over r of e[r, c]   ->   p[r floordiv R, c] += e[r, c];   s[c] = sum over i of p[i, c]
//
// Of a tensor of more dimensions, all but the last number the rows: r = 64 b + t in e[b, t, c] of [?, 64, C].
//
// R follows from the shapes alone, so sums do not depend on threads. What is as small as a first-level cache is left as
// it is: reading it again costs next to nothing, and fewer, longer work items would not pay. So are few rows. Where a
// GPU takes the steps, its costs decide (DevicePartialSums.h).
//
// The gradient of a bias adds up what the epilogue of a product makes: the cotangent of a layer. So that product's
// kernel takes partial sums where reading the cotangent again is predicted to take longer (Forecast.h). Its tiles
// decide which parts there are.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "DevicePartialSums.h"
#include "Grouping.h"
#include "Locations.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/Remarks.h"
#include "sinter/Analysis/KernelAnalysis.h"
#include "sinter/Transforms/Tiling/Forecast.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using linalg::GenericOp;

namespace sinter {
namespace {

/// Parts that there should be: enough for many threads, so few that what they leave is little to add up.
constexpr int64_t kFewestParts = 16, kMostParts = 64;
/// Rows that a part should have beyond the fewest parts, and elements that it has in any case (a work item of some
/// microseconds).
constexpr int64_t kRowsPerPart = 32, kLeastElements = 8192;
/// Rows that there should be at least: parts of few rows leave nearly as much to add up as they read.
constexpr int64_t kFewestRows = 8 * kFewestParts;
/// Rows that are worked on together: parts are multiples.
constexpr int64_t kRowsTogether = 4;
/// Prices of products are estimates: what is saved has to be so much more than what it costs.
constexpr double kCaution = 1.5;

class ColumnSumSplitter {
public:
  ColumnSumSplitter(func::FuncOp function, const GroupingOptions &options)
      : graph(function), partition(graph), options(options) {
    GroupingOptions quiet = options;
    quiet.reports = false;
    if (options.epilogues)
      growEpilogues(graph, partition, quiet);
    if (options.rows)
      growRows(graph, partition, options, NodeKind::Column);
    if (options.epilogues && hasNode(NodeKind::Column) && hasNode(NodeKind::Contraction))
      products = groupBeforePrologues(graph, quiet);
  }

  void run() {
    for (unsigned i = 0; i < graph.size(); ++i) {
      if (graph[i].kind != NodeKind::Column)
        continue;
      std::string reason;
      std::optional<unsigned> product = productBehind(i);
      int64_t size = product ? rowsPerPartOfProduct(i, *product, reason) : rowsPerPart(i, reason);
      if (reason.empty())
        chosen.push_back({i, size});
      else if (product || sharesRows(i))
        reportRefused(i, reason);
    }
    for (auto [i, size] : chosen)
      split(i, size);
  }

private:
  int64_t rows(unsigned i) const {
    int64_t count = 1;
    for (int64_t extent : ArrayRef(graph[i].domain).drop_back())
      count *= ShapedType::isDynamic(extent) ? options.batch : extent;
    return count;
  }
  int64_t columns(unsigned i) const { return graph[i].domain.back(); }
  Type elementType(unsigned i) const { return getElementTypeOrSelf(graph[i].op->getResult(0).getType()); }

  bool hasNode(NodeKind kind) const {
    for (unsigned i = 0; i < graph.size(); ++i)
      if (graph[i].kind == kind)
        return true;
    return false;
  }

  /// The product whose kernel makes what is added up, if no kernel of rows has it at hand.
  std::optional<unsigned> productBehind(unsigned i) const {
    std::optional<unsigned> maker = graph.nodeOf(graph.operands(i).front());
    if (products && maker && !partition.hasKind(i, NodeKind::Row))
      for (unsigned member : products->members(*maker))
        if (graph[member].kind == NodeKind::Contraction && graph[member].domain == graph[i].domain)
          return member;
    return std::nullopt;
  }

  /// A kernel of rows runs over the same matrix.
  bool sharesRows(unsigned i) const {
    for (unsigned other = 0; other < graph.size(); ++other)
      if (graph[other].kind == NodeKind::Row && graph[other].domain == graph[i].domain)
        return true;
    return false;
  }

  /// Bytes of one row of all sums of the group that this one belongs to.
  int64_t bytesOfSums(unsigned i) const {
    int64_t bytes = 0;
    for (unsigned member : partition.members(i))
      if (graph[member].kind == NodeKind::Column)
        bytes += columns(member) * storedBytes(elementType(member));
    return bytes;
  }

  static bool isSumFromZero(GenericOp generic) {
    auto fill = generic.getDpsInits()[0].getDefiningOp<linalg::FillOp>();
    std::optional<Combiner> combiner = matchCombiner(generic);
    return fill && matchPattern(fill.getInputs()[0], m_AnyZeroFloat()) && combiner && isa<arith::AddFOp>(combiner->op);
  }

  /// Whoever has the rows at hand.
  std::string reasonAgainstParts(unsigned i) const {
    if (ShapedType::isDynamicShape(ArrayRef(graph[i].domain).drop_front()) || !isSumFromZero(graph[i].generic()))
      return "only floating-point sums of a fixed number of columns are begun elsewhere";
    if (options.device)
      return "";
    int64_t bytes = rows(i) * columns(i) * storedBytes(elementType(i));
    if (bytes <= options.target.l1Bytes)
      return "what is added up stays in the first-level cache of " + std::to_string(options.target.l1Bytes) + " bytes";
    if (rows(i) < kFewestRows)
      return "parts of fewer than " + std::to_string(kFewestRows) + " rows leave too much to add up";
    return "";
  }

  std::string reasonAgainstRows(unsigned i) const {
    if (!partition.hasKind(i, NodeKind::Row))
      return "no kernel of rows that could run at that place reads or makes what is added up";
    if (std::string reason = reasonAgainstParts(i); !reason.empty() || options.device)
      return reason;
    if (bytesOfSums(i) > options.target.l2Bytes / 2)
      return "a row of sums takes more than half of the second-level cache of " +
             std::to_string(options.target.l2Bytes) + " bytes";
    return "";
  }

  /// The same for all sums of a product; or 0, and the reason why there should be no parts.
  int64_t rowsPerPartOfProduct(unsigned i, unsigned product, std::string &reason) const {
    reason = options.device ? "products on GPUs add up no columns" : reasonAgainstParts(i);
    GenericOp generic = graph[product].generic();
    if (reason.empty() && elementType(i) != getElementTypeOrSelf(generic.getResult(0).getType()))
      reason = "the sums are of another type than the product's";
    if (reason.empty() && !walksAlongRows(graph, *products, product, i))
      reason = "what the product's kernel computes needs more than the number of a row";
    if (!reason.empty())
      return 0;
    Type summed = getElementTypeOrSelf(graph.operands(i).front().getType());
    bool hasEpilogue = products->hasKind(product, NodeKind::Elementwise);
    ColumnSumsForecast forecast = forecastColumnSums(generic, summed, hasEpilogue, options.batch, options.target);
    reason = forecast.reason;
    if (reason.empty() && forecast.saved < kCaution * forecast.cycles)
      reason = llvm::formatv("in the product's kernel it would save {0} cycles and cost {1}",
                             std::llround(forecast.saved), std::llround(forecast.cycles));
    return reason.empty() ? forecast.rowsPerPart : 0;
  }

  /// The same for all sums of a group of rows; or 0, and the reason why there should be no parts.
  int64_t rowsPerPart(unsigned i, std::string &reason) const {
    reason = reasonAgainstRows(i);
    if (!reason.empty())
      return 0;
    if (options.device)
      return deviceRowsPerPart(workOnDevice(i), reason);
    int64_t all = rows(i), parts = std::clamp<int64_t>(all / kRowsPerPart, kFewestParts, kMostParts);
    int64_t least = llvm::divideCeil(kLeastElements, columns(i));
    return llvm::alignTo(std::max<int64_t>(llvm::divideCeil(all, parts), least), kRowsTogether);
  }

  /// True if a kernel of rows reads `value` from memory: what is computed element by element or from rows is computed
  /// where it is used, or can be.
  bool comesFromMemory(Value value) const {
    std::optional<unsigned> node = graph.nodeOf(value);
    return !node || (graph[*node].kind != NodeKind::Row && graph[*node].kind != NodeKind::Elementwise);
  }

  DeviceSums workOnDevice(unsigned i) const {
    DeviceSums work{{rows(i), columns(i)}};
    llvm::SmallSetVector<Value, 4> read, summed;
    for (unsigned member : partition.members(i)) {
      for (Value operand : graph.operands(member)) {
        work.rows.widestBytes = std::max(work.rows.widestBytes, storedBytes(getElementTypeOrSelf(operand.getType())));
        if (shapeOf(operand) == llvm::ArrayRef(graph[i].domain) && comesFromMemory(operand))
          read.insert(operand);
      }
      if (graph[member].kind != NodeKind::Column)
        continue;
      ++work.rows.sums;
      work.bytesOfSums += columns(member) * storedBytes(elementType(member));
      summed.insert_range(graph.operands(member));
    }
    work.rows.matrices = std::max<int64_t>(1, read.size());
    for (Value operand : summed)
      if (shapeOf(operand) == llvm::ArrayRef(graph[i].domain))
        work.bytesRead += double(rows(i)) * columns(i) * storedBytes(getElementTypeOrSelf(operand.getType()));
    return work;
  }

  void split(unsigned i, int64_t size) {
    GenericOp sum = graph[i].generic();
    ImplicitLocOpBuilder b(sum.getLoc(), sum);
    int64_t parts = llvm::divideCeil(rows(i), size);
    reportTaken(i, size, parts);
    auto empty = tensor::EmptyOp::create(b, ArrayRef<int64_t>{parts, columns(i)}, elementType(i));
    auto zero = arith::ConstantOp::create(b, b.getZeroAttr(elementType(i)));
    Value start = linalg::FillOp::create(b, zero.getResult(), empty.getResult()).getResult(0);
    AffineExpr row = rowNumber(graph[i].domain, b.getContext());
    AffineExpr column = b.getAffineDimExpr(sum.getNumLoops() - 1);
    AffineMap maps[] = {sum.getIndexingMapsArray().front(),
                        AffineMap::get(sum.getNumLoops(), 0, {row.floorDiv(size), column}, b.getContext())};
    auto partial =
        GenericOp::create(b, start.getType(), sum.getDpsInputs()[0], start, maps, sum.getIteratorTypesArray());
    IRMapping regions;
    sum.getRegion().cloneInto(&partial.getRegion(), regions);
    AffineMap whole[] = {b.getMultiDimIdentityMap(2), AffineMap::get(2, 0, b.getAffineDimExpr(1))};
    utils::IteratorType loops[] = {utils::IteratorType::reduction, utils::IteratorType::parallel};
    auto total = GenericOp::create(b, sum->getResultTypes(), partial.getResult(0), sum.getDpsInits()[0], whole, loops,
                                   [](OpBuilder &builder, Location loc, ValueRange args) {
                                     Value added = arith::AddFOp::create(builder, loc, args[1], args[0]);
                                     linalg::YieldOp::create(builder, loc, added);
                                   });
    sum->replaceAllUsesWith(total);
    sum.erase();
  }

  remark::RemarkOpts about() const {
    return remark::RemarkOpts::name("partial-sums").category("fusion").function(graph.getFunction().getName());
  }

  void reportTaken(unsigned i, int64_t size, int64_t parts) const {
    if (options.reports)
      remark::passed(locationOf(graph, i), about())
          << remark::add("columns are added up, over parts of the rows, by the kernel that has the rows at hand")
          << remark::metric("RowsPerPart", size) << remark::metric("Parts", parts);
  }

  void reportRefused(unsigned i, StringRef reason) const {
    if (options.reports)
      remark::missed(locationOf(graph, i), about())
          << remark::add("columns are added up by a kernel of columns alone") << remark::reason("{0}", reason);
  }

  Graph graph;
  Partition partition;
  std::optional<Partition> products; ///< with all that their kernels take, if any column is added up
  const GroupingOptions &options;
  SmallVector<std::pair<unsigned, int64_t>> chosen; ///< and the rows of a part
};

} // namespace

void splitColumnSums(func::FuncOp function, const GroupingOptions &options) {
  ColumnSumSplitter(function, options).run();
}

} // namespace sinter
