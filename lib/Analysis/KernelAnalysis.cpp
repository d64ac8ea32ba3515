// Which skeleton does a kernel's body fit?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "sinter/Analysis/KernelAnalysis.h"
#include "KernelCost.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"

#include <numeric>

using namespace mlir;

namespace sinter {

using Dims = SmallVector<unsigned>;

static Dims firstDims(unsigned count) {
  Dims dims(count);
  std::iota(dims.begin(), dims.end(), 0);
  return dims;
}

/// Dims of the domain that the results of a map of a generic's loops live on.
static Dims compose(AffineMap map, ArrayRef<unsigned> loops) {
  return llvm::map_to_vector(map.getResults(),
                             [&](AffineExpr e) { return loops[cast<AffineDimExpr>(e).getPosition()]; });
}

static bool hasReduction(linalg::GenericOp generic) {
  return generic.getNumReductionLoops() > 0;
}

std::optional<Combiner> matchCombiner(linalg::GenericOp generic) {
  if (generic.getNumDpsInits() != 1)
    return std::nullopt;
  Block &region = generic.getRegion().front();
  BlockArgument accumulator = region.getArguments().back();
  Operation *op = region.getTerminator()->getOperand(0).getDefiningOp();
  if (!op || !isa<arith::AddFOp, arith::AddIOp, arith::MaximumFOp, arith::MaxSIOp, arith::MaxUIOp>(op) ||
      !accumulator.hasOneUse())
    return std::nullopt;
  if (op->getOperand(0) == accumulator)
    return Combiner{op, op->getOperand(1)};
  if (op->getOperand(1) == accumulator)
    return Combiner{op, op->getOperand(0)};
  return std::nullopt;
}

AffineExpr rowNumber(ArrayRef<int64_t> shape, MLIRContext *context) {
  AffineExpr number = getAffineDimExpr(0, context);
  for (unsigned dim = 1; dim + 1 < shape.size(); ++dim)
    number = number * shape[dim] + getAffineDimExpr(dim, context);
  return number;
}

/// Combines all dims but the last.
static bool reducesRows(linalg::GenericOp generic) {
  SmallVector<unsigned> reductions;
  generic.getReductionDims(reductions);
  return generic.getNumLoops() > 1 && reductions == firstDims(generic.getNumLoops() - 1);
}

std::optional<int64_t> rowsPerPartOf(linalg::GenericOp generic) {
  if (generic.getNumDpsInits() != 1 || !reducesRows(generic))
    return std::nullopt;
  AffineMap map = generic.getIndexingMapsArray().back();
  unsigned last = generic.getNumLoops() - 1;
  if (map.getNumResults() != 2 || map.getResult(1) != getAffineDimExpr(last, generic.getContext()))
    return std::nullopt;
  SmallVector<int64_t> extents = generic.getStaticLoopRanges();
  if (ShapedType::isDynamicShape(ArrayRef(extents).slice(1, last - 1)))
    return std::nullopt;
  // (64 d0 + d1) floordiv 32 is written as 2 d0 + d1 floordiv 32.
  AffineExpr row = rowNumber(extents, generic.getContext());
  std::optional<int64_t> rows;
  map.getResult(0).walk([&](AffineExpr part) {
    auto division = dyn_cast<AffineBinaryOpExpr>(part);
    if (!division || division.getKind() != AffineExprKind::FloorDiv)
      return;
    auto size = dyn_cast<AffineConstantExpr>(division.getRHS());
    if (size && size.getValue() > 0 && row.floorDiv(size.getValue()) == map.getResult(0))
      rows = size.getValue();
  });
  return rows;
}

/// What `value` is a wider float of, or itself.
static Value beforeWidening(Value value) {
  auto widened = value.getDefiningOp<arith::ExtFOp>();
  return widened ? widened.getIn() : value;
}

bool isContraction(linalg::GenericOp generic) {
  if (!hasReduction(generic) || generic.getNumDpsInputs() != 2)
    return false;
  std::optional<Combiner> combiner = matchCombiner(generic);
  if (!combiner || !isa<arith::AddFOp>(combiner->op))
    return false;
  auto product = combiner->element.getDefiningOp<arith::MulFOp>();
  Block &region = generic.getRegion().front();
  auto isOther = [](Operation &op) { return !isa<arith::ExtFOp>(op); };
  if (!product || llvm::count_if(region, isOther) != 3)
    return false;
  Value a = region.getArgument(0), b = region.getArgument(1);
  Value left = beforeWidening(product.getLhs()), right = beforeWidening(product.getRhs());
  bool multiplies = (left == a && right == b) || (left == b && right == a);
  return multiplies && llvm::all_of(generic.getDpsInputOperands(), [&](OpOperand *operand) {
           AffineMap map = generic.getMatchingIndexingMap(operand);
           return map.isProjectedPermutation() && map.getNumResults() < generic.getNumLoops();
         });
}

bool computesPlainly(linalg::GenericOp op) {
  Block &body = op.getRegion().front();
  auto isKnown = [&](Value value) {
    return value.getParentBlock() == &body || value.getDefiningOp<arith::ConstantOp>();
  };
  return llvm::all_of(body, [&](Operation &scalar) {
    return !isa<linalg::IndexOp, tensor::ExtractOp>(scalar) && scalar.getNumRegions() == 0 &&
           llvm::all_of(scalar.getOperands(), isKnown);
  });
}

OpOperand *transposedOperand(linalg::GenericOp generic) {
  Block &region = generic.getRegion().front();
  if (generic.getNumDpsInputs() != 1 || generic.getNumDpsInits() != 1 || generic.getNumReductionLoops() != 0 ||
      region.getTerminator()->getOperand(0) != region.getArgument(0) ||
      !generic.getIndexingMapsArray().back().isIdentity())
    return nullptr;
  OpOperand *input = generic.getDpsInputOperand(0);
  AffineMap map = generic.getMatchingIndexingMap(input);
  return map.isPermutation() && !map.isIdentity() ? input : nullptr;
}

bool isPrologue(linalg::GenericOp op) {
  if (op->getNumResults() != 1 || op.getNumParallelLoops() != op.getNumLoops() ||
      !op.getIndexingMapsArray().back().isIdentity() ||
      !llvm::all_of(op.getIndexingMapsArray(), [](AffineMap map) { return map.isProjectedPermutation(); }))
    return false;
  Block &body = op.getRegion().front();
  return body.getTerminator()->getOperand(0).getParentBlock() == &body && computesPlainly(op) &&
         llvm::all_of(op.getRegionOutputArgs(), [](BlockArgument old) { return old.use_empty(); });
}

SmallVector<unsigned> KernelAnalysis::dimsOf(Value tensor) const {
  if (auto generic = tensor.getDefiningOp<linalg::GenericOp>()) {
    auto it = loops.find(generic);
    if (it != loops.end() && rowsPerPartOf(generic))
      return it->second;
    if (it != loops.end())
      return compose(generic.getMatchingIndexingMap(generic.getTiedOpOperand(cast<OpResult>(tensor))), it->second);
  }
  unsigned tensorRank = cast<RankedTensorType>(tensor.getType()).getRank();
  if (strategy == Strategy::Column && tensorRank == 1)
    return {rank() - 1};
  return firstDims(tensorRank);
}

namespace {

/// Tries the skeletons in turn on one kernel.
class Classifier {
public:
  Classifier(KernelOp kernel, KernelAnalysis &analysis) : kernel(kernel), analysis(analysis) {}

  void run();

private:
  bool collect();
  void setDomain();
  bool fits(Strategy strategy);
  bool assignLoops(linalg::GenericOp generic, Strategy strategy);
  bool reductionFits(linalg::GenericOp generic, Strategy strategy);
  bool partialSumFits(linalg::GenericOp generic, int64_t rows, bool hasRowsAtHand);
  bool operandsFit(linalg::GenericOp generic);
  bool operandFits(linalg::GenericOp generic, OpOperand &operand);
  bool isTransposedByRows(linalg::GenericOp generic, OpOperand &operand, ArrayRef<unsigned> dims);
  bool partsFit(ArrayRef<int64_t> shape);
  bool yieldsFit();
  void assignStages();
  bool columnHasOnePass();
  bool contractionFits();
  bool prologueFits(linalg::GenericOp generic, linalg::GenericOp contraction);
  bool refuse(const Twine &reason) {
    if (analysis.reason.empty())
      analysis.reason = reason.str();
    return false;
  }

  KernelOp kernel;
  KernelAnalysis &analysis;
};

/// Gathers the generics and refuses ops that no emitter knows.
bool Classifier::collect() {
  for (Operation &op : kernel.getBody().front()) {
    if (auto generic = dyn_cast<linalg::GenericOp>(op)) {
      analysis.generics.push_back(generic);
      continue;
    }
    if (isa<linalg::FillOp, tensor::EmptyOp, tensor::DimOp, YieldOp>(op))
      continue;
    auto constant = dyn_cast<arith::ConstantOp>(op);
    auto elements = constant ? dyn_cast<ElementsAttr>(constant.getValue()) : ElementsAttr();
    if (!constant || (elements && !elements.isSplat()))
      return refuse("op '" + op.getName().getStringRef() + "' has no place in a kernel");
  }
  return true;
}

void Classifier::setDomain() {
  if (analysis.generics.empty()) {
    ArrayRef<int64_t> shape = cast<RankedTensorType>(kernel.getOuts()[0].getType()).getShape();
    analysis.domain.assign(shape.begin(), shape.end());
    return;
  }
  auto deepest = *llvm::max_element(
      analysis.generics, [](linalg::GenericOp a, linalg::GenericOp b) { return a.getNumLoops() < b.getNumLoops(); });
  analysis.domain = deepest.getStaticLoopRanges();
}

/// Which dims of the domain a generic's loops are follows from their number.
bool Classifier::assignLoops(linalg::GenericOp generic, Strategy strategy) {
  unsigned rank = analysis.rank(), count = generic.getNumLoops();
  Dims dims;
  if (count == rank || count == 0)
    dims = firstDims(count);
  else if (strategy == Strategy::Row && count + 1 == rank)
    dims = firstDims(count);
  else if (strategy == Strategy::Column && count == 1)
    dims = {rank - 1};
  else
    return refuse(llvm::formatv("a generic of {0} loops in a domain of {1} dims", count, rank));
  for (auto [dim, extent] : llvm::zip_equal(dims, generic.getStaticLoopRanges()))
    if (analysis.domain[dim] != extent)
      return refuse("generics run over different extents");
  if (hasReduction(generic) && !reductionFits(generic, strategy))
    return false;
  analysis.loops[generic] = dims;
  return true;
}

bool Classifier::reductionFits(linalg::GenericOp generic, Strategy strategy) {
  if (!matchCombiner(generic))
    return refuse("a reduction that is not a sum or a maximum");
  if (std::optional<int64_t> rows = rowsPerPartOf(generic))
    return partialSumFits(generic, *rows, strategy == Strategy::Row);
  SmallVector<unsigned> reductions;
  generic.getReductionDims(reductions);
  bool fits = strategy == Strategy::Row ? reductions == Dims{analysis.rank() - 1}
                                        : strategy == Strategy::Column && reducesRows(generic);
  if (!fits || generic.getNumLoops() != analysis.rank())
    return refuse("a reduction over other dims than the skeleton's");
  return true;
}

/// Columns are added up in memory over the same parts of the rows, by whoever has whole rows or a product's tiles at
/// hand.
bool Classifier::partialSumFits(linalg::GenericOp generic, int64_t rows, bool hasRowsAtHand) {
  if (!hasRowsAtHand)
    return refuse("partial sums of columns without a kernel of rows or of a product");
  if (rows < 1 || (analysis.rowsPerPart != 0 && analysis.rowsPerPart != rows))
    return refuse("partial sums of columns over different parts of the rows");
  if (ShapedType::isDynamic(generic.getStaticLoopRanges().back()))
    return refuse("partial sums of as many columns as the batch has rows");
  if (!llvm::all_of(generic->getUsers(), [](Operation *user) { return isa<YieldOp>(user); }))
    return refuse("partial sums of columns are read by the kernel that makes them");
  auto fill = generic.getDpsInits()[0].getDefiningOp<linalg::FillOp>();
  if (!fill || !matchPattern(fill.getInputs()[0], m_AnyZeroFloat()))
    return refuse("partial sums of columns that do not start with 0");
  analysis.rowsPerPart = rows;
  return true;
}

/// Operands must be tensors whose elements are found at (a projection of) the point that is computed.
bool Classifier::operandFits(linalg::GenericOp generic, OpOperand &operand) {
  if (generic.isDpsInit(&operand) && rowsPerPartOf(generic))
    return true;
  AffineMap map = generic.getMatchingIndexingMap(&operand);
  if (!map.isProjectedPermutation())
    return refuse("an operand is not indexed by a projection of the loops");
  Dims dims = compose(map, analysis.loops[generic]);
  if (!llvm::is_sorted(dims) && !isTransposedByRows(generic, operand, dims))
    return refuse("an operand is transposed");
  if (operand.get().getDefiningOp<linalg::GenericOp>() && dims != analysis.dimsOf(operand.get()))
    return refuse("a generic reads another's result at other points");
  if (operand.get().getDefiningOp<tensor::EmptyOp>() && generic.payloadUsesValueFromOperand(&operand))
    return refuse("a generic reads an uninitialized tensor");
  return true;
}

/// A transposition, and nothing else, that moves whole rows of 16 bytes at least.
bool Classifier::isTransposedByRows(linalg::GenericOp generic, OpOperand &operand, ArrayRef<unsigned> dims) {
  constexpr int64_t leastBytes = 16;
  int64_t columns = analysis.domain.back();
  return analysis.generics.size() == 1 && transposedOperand(generic) == &operand &&
         dims.back() == analysis.rank() - 1 && !ShapedType::isDynamic(columns) &&
         columns * storedBytes(getElementTypeOrSelf(operand.get().getType())) >= leastBytes;
}

bool Classifier::operandsFit(linalg::GenericOp generic) {
  for (Operation &op : generic.getRegion().front())
    if (isa<tensor::ExtractOp>(op))
      return refuse("a generic gathers with tensor.extract");
  return llvm::all_of(generic->getOpOperands(), [&](OpOperand &operand) { return operandFits(generic, operand); });
}

/// A row of sums for each part of the rows.
bool Classifier::partsFit(ArrayRef<int64_t> shape) {
  if (ShapedType::isDynamic(shape[0]) || shape[1] != analysis.domain.back())
    return refuse("partial sums have another shape than the domain");
  if (analysis.parts != 0 && analysis.parts != shape[0])
    return refuse("partial sums of columns over different parts of the rows");
  analysis.parts = shape[0];
  return true;
}

/// Yielded tensors other than generics' results are copies over the whole domain, or scalars.
bool Classifier::yieldsFit() {
  for (Value value : kernel.getBody().front().getTerminator()->getOperands()) {
    ArrayRef<int64_t> shape = cast<RankedTensorType>(value.getType()).getShape();
    Dims dims = analysis.dimsOf(value);
    if (auto generic = value.getDefiningOp<linalg::GenericOp>(); generic && rowsPerPartOf(generic)) {
      if (!partsFit(shape))
        return false;
      continue;
    }
    for (auto [dim, extent] : llvm::zip_equal(dims, shape))
      if (dim >= analysis.rank() || analysis.domain[dim] != extent)
        return refuse("a result has another shape than the domain");
    unsigned least = analysis.rank() - (analysis.strategy != Strategy::Map);
    if (analysis.strategy == Strategy::Column ? dims.empty() : dims.size() < least)
      return refuse("a result has another shape than the domain");
  }
  return true;
}

bool Classifier::fits(Strategy strategy) {
  analysis.loops.clear();
  analysis.strategy = strategy;
  analysis.rowsPerPart = analysis.parts = 0;
  unsigned rank = analysis.rank();
  bool shaped = strategy == Strategy::Map || (strategy == Strategy::Row && rank >= 1) ||
                (strategy == Strategy::Column && rank >= 2);
  bool ok = shaped && llvm::all_of(analysis.generics, [&](linalg::GenericOp g) { return assignLoops(g, strategy); }) &&
            llvm::all_of(analysis.generics, [&](linalg::GenericOp g) { return operandsFit(g); }) && yieldsFit();
  unsigned outer = rank - (strategy == Strategy::Row || rank > 0);
  if (ok && llvm::count(ArrayRef(analysis.domain).take_front(outer), ShapedType::kDynamic) > 1)
    ok = refuse("two outer dims have the batch's extent");
  if (ok && strategy == Strategy::Row)
    assignStages();
  if (ok && strategy == Strategy::Column)
    ok = columnHasOnePass();
  if (!ok)
    analysis.strategy = std::nullopt;
  return ok;
}

void Classifier::assignStages() {
  for (linalg::GenericOp generic : analysis.generics) {
    unsigned stage = 0;
    for (OpOperand &operand : generic->getOpOperands())
      stage = std::max(stage, analysis.stage.lookup(operand.get()));
    for (Value result : generic.getResults())
      analysis.stage[result] = stage + (hasReduction(generic) && !rowsPerPartOf(generic));
  }
}

/// Nothing on the whole domain may need the result of a reduction.
bool Classifier::columnHasOnePass() {
  llvm::DenseSet<Value> reduced;
  for (linalg::GenericOp generic : analysis.generics) {
    bool uses = llvm::any_of(generic->getOperands(), [&](Value v) { return reduced.contains(v); });
    if (uses && generic.getNumLoops() == analysis.rank())
      return refuse("a result of a column reduction is used on the whole domain");
    if (uses || hasReduction(generic))
      reduced.insert(generic->result_begin(), generic->result_end());
  }
  return true;
}

/// What is elementwise before the contraction and makes one of its operands.
bool Classifier::prologueFits(linalg::GenericOp generic, linalg::GenericOp contraction) {
  bool isOperand = generic->hasOneUse() && *generic->user_begin() == contraction;
  if (!isOperand || !isPrologue(generic) ||
      !llvm::all_of(generic.getDpsInputs(), [](Value v) { return isa<BlockArgument>(v); }))
    return refuse("what is computed before a contraction is not elementwise of the kernel's inputs and one operand");
  OpOperand &use = *generic->use_begin();
  analysis.loops[generic] = compose(contraction.getMatchingIndexingMap(&use), firstDims(contraction.getNumLoops()));
  return true;
}

/// One contraction whose operands come from outside or are elementwise of what does, then elementwise generics on its
/// result's domain and sums of its columns.
bool Classifier::contractionFits() {
  auto contraction = llvm::find_if(analysis.generics, isContraction);
  if (contraction == analysis.generics.end())
    return false;
  Dims parallel;
  contraction->getParallelDims(parallel);
  analysis.domain = contraction->getStaticLoopRanges();
  for (linalg::GenericOp generic : analysis.generics) {
    if (generic == *contraction) {
      analysis.loops[generic] = firstDims(generic.getNumLoops());
      continue;
    }
    if (generic->isBeforeInBlock(*contraction)) {
      if (!prologueFits(generic, *contraction))
        return false;
      continue;
    }
    std::optional<int64_t> rows = rowsPerPartOf(generic);
    if (rows && !partialSumFits(generic, *rows, parallel.size() >= 2))
      return false;
    if ((hasReduction(generic) && !rows) || generic.getNumLoops() != parallel.size())
      return refuse("the epilogue of a contraction is not elementwise on its result");
    analysis.loops[generic] = parallel;
  }
  analysis.strategy = Strategy::Contraction;
  return true;
}

void Classifier::run() {
  if (!collect())
    return;
  setDomain();
  if (llvm::any_of(analysis.generics, isContraction)) {
    contractionFits();
    return;
  }
  bool reduces = llvm::any_of(analysis.generics, hasReduction);
  if (!reduces ? fits(Strategy::Map) : (fits(Strategy::Row) || fits(Strategy::Column))) {
    analysis.reason.clear();
    return;
  }
  analysis.loops.clear();
  analysis.stage.clear();
  if (analysis.generics.size() != 1)
    return;
  linalg::GenericOp generic = analysis.generics.front();
  analysis.loops[generic] = firstDims(generic.getNumLoops());
  if (!hasReduction(generic) || matchCombiner(generic))
    analysis.strategy = Strategy::Loops;
  else
    refuse("a reduction that is not a sum or a maximum");
}

} // namespace

KernelAnalysis analyzeKernel(KernelOp kernel, int64_t batch) {
  KernelAnalysis analysis;
  Classifier(kernel, analysis).run();
  measure(kernel, batch, analysis);
  return analysis;
}

} // namespace sinter
