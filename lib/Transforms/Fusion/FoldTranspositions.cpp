// Which transpositions are done by a product that makes or reads the tensor?
//
// A product reads its operands in any layout, and writes its tiles wherever they belong. So what is transposed behind a
// product, or before products alone, need not be written and read once more (the heads of an attention go to and fro
// between [batch, heads, time, width] and [batch, time, heads, width]):
//
//   P[b, h, t, d] = sum over k of X Y;  T[b, t, h, d] = P[b, h, t, d]   ->   T[b, t, h, d] = sum over k of X Y
//   T[b, h, t, d] = S[b, t, h, d];  sum over d of T[b, h, t, d] Y       ->   sum over d of S[b, t, h, d] Y
//
// Only where vectors still find neighbours in memory, and where the planner of products predicts no loss; products on
// GPUs read and write all layouts alike.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Grouping.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/Remarks.h"
#include "sinter/Transforms/Tiling/Forecast.h"

#include <cmath>

using namespace mlir;
using linalg::GenericOp;

namespace sinter {
namespace {

/// A product of two tensors, summed up from zero.
bool isProduct(GenericOp generic) {
  return isContraction(generic) && generic.getNumDpsInits() == 1 &&
         generic.getDpsInits()[0].getDefiningOp<linalg::FillOp>() &&
         generic.getIndexingMapsArray().back().isProjectedPermutation();
}

/// True if neighbours in memory of a tensor that a product reads or writes at `map` are neighbours of a loop that it
/// can run vectors along, or fill them from: one that not both operands and the result have.
bool findsNeighbours(GenericOp product, AffineMap map) {
  const unsigned loop = map.getDimPosition(map.getNumResults() - 1);
  return !llvm::all_of(product.getIndexingMapsArray(), [&](AffineMap other) { return other.isFunctionOfDim(loop); });
}

/// The product that writes its result as a transposition behind it would, in its place. `read` is where that reads.
GenericOp productInPlaceOf(GenericOp transposition, GenericOp product, AffineMap read) {
  const unsigned loops = product.getNumLoops(), rank = read.getNumDims();
  ImplicitLocOpBuilder b(product.getLoc(), transposition);
  AffineMap written = product.getIndexingMapsArray().back();
  // Loops in the order of the new result's dimensions, and then those of the sum.
  SmallVector<AffineExpr> renamed(loops);
  for (unsigned d = 0; d < rank; ++d)
    renamed[written.getDimPosition(d)] = read.getResult(d);
  unsigned next = rank;
  for (AffineExpr &loop : renamed)
    if (!loop)
      loop = b.getAffineDimExpr(next++);
  SmallVector<AffineMap> maps = product.getIndexingMapsArray();
  maps.pop_back();
  for (AffineMap &map : maps)
    map = map.replaceDimsAndSymbols(renamed, {}, loops, 0);
  maps.push_back(b.getMultiDimIdentityMap(loops).getMajorSubMap(rank));
  SmallVector<utils::IteratorType> types(loops, utils::IteratorType::reduction);
  std::fill_n(types.begin(), rank, utils::IteratorType::parallel);

  auto zero = product.getDpsInits()[0].getDefiningOp<linalg::FillOp>();
  Value start = linalg::FillOp::create(b, zero.getInputs(), transposition.getDpsInits()).getResult(0);
  auto result = GenericOp::create(b, start.getType(), product.getDpsInputs(), start, maps, types);
  IRMapping regions;
  product.getRegion().cloneInto(&result.getRegion(), regions);
  return result;
}

/// The product that reads, for what a transposition makes, what that reads.
GenericOp productInFrontOf(GenericOp transposition, OpOperand &moved, GenericOp product) {
  OpBuilder builder(product);
  auto result = cast<GenericOp>(builder.clone(*product));
  SmallVector<AffineMap> maps = result.getIndexingMapsArray();
  for (OpOperand *operand : result.getDpsInputOperands())
    if (operand->get() == transposition.getResult(0)) {
      AffineMap &map = maps[operand->getOperandNumber()];
      map = transposition.getMatchingIndexingMap(&moved).compose(map);
      operand->set(moved.get());
    }
  result.setIndexingMapsAttr(builder.getAffineMapArrayAttr(maps));
  return result;
}

class TranspositionFolder {
public:
  TranspositionFolder(func::FuncOp function, const GroupingOptions &options) : function(function), options(options) {}

  void run() {
    // All of them first: folding erases products.
    for (GenericOp transposition :
         llvm::to_vector(llvm::make_filter_range(function.getOps<GenericOp>(), transposedOperand)))
      if (OpOperand &moved = *transposedOperand(transposition); !foldIntoMaker(transposition, moved))
        foldIntoReaders(transposition, moved);
  }

private:
  /// The product whose result nothing but the transposition reads.
  bool foldIntoMaker(GenericOp transposition, OpOperand &moved) {
    auto product = moved.get().getDefiningOp<GenericOp>();
    if (!product || !product->hasOneUse() || !isProduct(product))
      return false;
    GenericOp other = productInPlaceOf(transposition, product, transposition.getMatchingIndexingMap(&moved));
    Operation *start = other.getDpsInits()[0].getDefiningOp();
    if (!findsNeighbours(other, other.getIndexingMapsArray().back()) || !pays(transposition, {product}, {other})) {
      other.erase();
      start->erase();
      return false;
    }
    transposition->replaceAllUsesWith(other);
    transposition.erase();
    product.erase();
    return true;
  }

  /// The products that read the transposed tensor, if nothing else does.
  void foldIntoReaders(GenericOp transposition, OpOperand &moved) {
    SmallVector<GenericOp> products, others;
    for (OpOperand &use : transposition->getUses()) {
      auto product = dyn_cast<GenericOp>(use.getOwner());
      if (!product || !isProduct(product) || !product.isDpsInput(&use))
        return;
      if (!llvm::is_contained(products, product))
        products.push_back(product);
    }
    for (GenericOp product : products)
      others.push_back(productInFrontOf(transposition, moved, product));
    auto readsNeighbours = [&](GenericOp other) {
      return llvm::all_of(other.getDpsInputOperands(), [&](OpOperand *operand) {
        return operand->get() != moved.get() || findsNeighbours(other, other.getMatchingIndexingMap(operand));
      });
    };
    const bool folds =
        !products.empty() && llvm::all_of(others, readsNeighbours) && pays(transposition, products, others);
    for (auto [product, other] : llvm::zip_equal(products, others)) {
      if (folds)
        product->replaceAllUsesWith(other);
      (folds ? product : other).erase();
    }
    if (folds)
      transposition.erase();
  }

  /// Predicted cycles of some products.
  double price(ArrayRef<GenericOp> products) const {
    const PrologueForecast *none[2] = {nullptr, nullptr};
    double cycles = 0;
    for (GenericOp product : products)
      cycles += forecastProduct(product, none, options.batch, options.target);
    return cycles;
  }

  /// Whether products that do without a transposition are predicted to take no longer than both.
  bool pays(GenericOp transposition, ArrayRef<GenericOp> before, ArrayRef<GenericOp> after) {
    double apart = price(before) + transpositionCycles(transposition.getResult(0).getType(), options.batch),
           folded = price(after);
    bool pays = options.device || folded <= apart;
    auto about = remark::RemarkOpts::name("transposition").category("fusion").function(function.getName());
    auto tell = [&](auto sent) {
      sent << remark::add(pays ? "a product reads or writes a tensor as it lies instead of a transposed copy"
                               : "a tensor is transposed beside a product")
           << remark::metric("CyclesApart", std::llround(apart)) << remark::metric("Cycles", std::llround(folded));
    };
    if (pays)
      tell(remark::passed(transposition.getLoc(), about));
    else
      tell(remark::missed(transposition.getLoc(), about));
    return pays;
  }

  func::FuncOp function;
  const GroupingOptions &options;
};

} // namespace

void foldTranspositions(func::FuncOp function, const GroupingOptions &options) {
  TranspositionFolder(function, options).run();
}

} // namespace sinter
