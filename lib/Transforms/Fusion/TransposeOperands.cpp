// Which products read an operand that is worth transposing first?
//
// A weight gradient contracts the rows of both of its operands, so the multiply-adds of a tile read the one operand
// along k across its rows: a cache line for each step. Over many rows that costs more than turning the smaller operand
// round once, in a kernel of its own, so that it lies along k:
//
//   dW[m, n] = sum over k of Y[k, m] X[k, n]    ->    T[m, k] = Y[k, m];   dW[m, n] = sum over k of T[m, k] X[k, n]
//
// Both forms are priced by the planner of products.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Grouping.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/Remarks.h"
#include "sinter/Transforms/Tiling/Forecast.h"

#include <cmath>

using namespace mlir;
using linalg::GenericOp;

namespace sinter {
namespace {

/// Shorter products are not looked at: an operand is read again from a near cache, or the kernel for it costs as much.
constexpr int64_t kFewestSteps = 512, kFewestRows = 128;
/// What is gained has to be so much of the product: prices are not exact to less.
constexpr double kLeastGain = 0.05;

class OperandTransposer {
public:
  OperandTransposer(func::FuncOp function, const GroupingOptions &options) : function(function), options(options) {}

  void run() {
    for (GenericOp product : llvm::to_vector(function.getOps<GenericOp>()))
      if (std::optional<unsigned> operand = smallerFarOperand(product))
        consider(product, *operand);
  }

private:
  int64_t extent(int64_t size) const { return ShapedType::isDynamic(size) ? options.batch : size; }

  /// Of a product of two matrices that both lie across k, the operand with fewer elements.
  std::optional<unsigned> smallerFarOperand(GenericOp product) const {
    if (product.getNumDpsInputs() != 2 || product.getNumDpsInits() != 1 || product.getNumLoops() != 3 ||
        product.getIteratorTypesArray().back() != utils::IteratorType::reduction || product.getNumReductionLoops() != 1)
      return std::nullopt;
    AffineExpr k = getAffineDimExpr(2, product.getContext());
    int64_t columns[2];
    for (unsigned i : {0, 1}) {
      AffineMap map = product.getIndexingMapsArray()[i];
      auto type = cast<RankedTensorType>(product.getDpsInputs()[i].getType());
      if (map.getNumResults() != 2 || map.getResult(0) != k || !isa<AffineDimExpr>(map.getResult(1)) ||
          map.getResult(1) == k || type.isDynamicDim(1) || extent(type.getDimSize(0)) < kFewestSteps)
        return std::nullopt;
      columns[i] = type.getDimSize(1);
    }
    if (std::min(columns[0], columns[1]) < kFewestRows)
      return std::nullopt;
    return columns[0] <= columns[1] ? 0 : 1;
  }

  void consider(GenericOp product, unsigned operand) {
    GenericOp moved = transposed(product, operand), other = productOf(product, operand, moved);
    double before = price(product), after = price(other);
    double turning = transpositionCycles(product.getDpsInputs()[operand].getType(), options.batch);
    bool pays = after + turning < before * (1 - kLeastGain);
    report(product, pays, before, after + turning);
    if (pays) {
      product->replaceAllUsesWith(other);
      product.erase();
      return;
    }
    other.erase();
    Operation *destination = moved.getDpsInits()[0].getDefiningOp();
    moved.erase();
    destination->erase();
  }

  double price(GenericOp product) const {
    const PrologueForecast *none[2] = {nullptr, nullptr};
    return forecastProduct(product, none, options.batch, options.target);
  }

  /// The operand with its two dimensions exchanged.
  GenericOp transposed(GenericOp product, unsigned operand) {
    ImplicitLocOpBuilder b(product.getLoc(), product);
    Value tensor = product.getDpsInputs()[operand];
    auto type = cast<RankedTensorType>(tensor.getType());
    SmallVector<Value> extents;
    if (type.isDynamicDim(0))
      extents.push_back(b.createOrFold<tensor::DimOp>(tensor, 0));
    auto empty = tensor::EmptyOp::create(b, ArrayRef<int64_t>{type.getDimSize(1), type.getDimSize(0)},
                                         type.getElementType(), extents);
    AffineExpr i = b.getAffineDimExpr(0), j = b.getAffineDimExpr(1);
    AffineMap maps[] = {AffineMap::get(2, 0, {j, i}, b.getContext()), AffineMap::get(2, 0, {i, j}, b.getContext())};
    utils::IteratorType loops[] = {utils::IteratorType::parallel, utils::IteratorType::parallel};
    return GenericOp::create(b, empty.getType(), tensor, empty.getResult(), maps, loops,
                             [](OpBuilder &builder, Location loc, ValueRange elements) {
                               linalg::YieldOp::create(builder, loc, elements[0]);
                             });
  }

  GenericOp productOf(GenericOp product, unsigned operand, GenericOp moved) {
    OpBuilder builder(product);
    auto copy = cast<GenericOp>(builder.clone(*product));
    copy->setOperand(operand, moved.getResult(0));
    SmallVector<AffineMap> maps = copy.getIndexingMapsArray();
    AffineExpr results[] = {maps[operand].getResult(1), maps[operand].getResult(0)};
    maps[operand] = AffineMap::get(3, 0, results, product.getContext());
    copy.setIndexingMapsAttr(builder.getAffineMapArrayAttr(maps));
    return copy;
  }

  void report(GenericOp product, bool pays, double before, double after) {
    auto about = remark::RemarkOpts::name("transposed").category("fusion").function(function.getName());
    auto tell = [&](auto sent) {
      sent << remark::add(pays ? "an operand of a product is transposed before it"
                               : "operands of a product are read across their rows")
           << remark::metric("CyclesAsItLies", std::llround(before))
           << remark::metric("CyclesTransposed", std::llround(after));
    };
    if (pays)
      tell(remark::passed(product.getLoc(), about));
    else
      tell(remark::missed(product.getLoc(), about));
  }

  func::FuncOp function;
  const GroupingOptions &options;
};

} // namespace

double transpositionCycles(Type type, int64_t batch) {
  constexpr double bytesPerCycle = 4; // read and written (measured: 15 to 19 GB/s on one core)
  auto tensor = cast<RankedTensorType>(type);
  double bytes = 2.0 * tensor.getElementTypeBitWidth() / 8;
  for (int64_t extent : tensor.getShape())
    bytes *= double(ShapedType::isDynamic(extent) ? batch : extent);
  return bytes / bytesPerCycle;
}

void transposeFarOperands(func::FuncOp function, const GroupingOptions &options) {
  OperandTransposer(function, options).run();
}

} // namespace sinter
