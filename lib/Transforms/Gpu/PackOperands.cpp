// Which operands of large products are copied first, so that Hopper's copy engine can read them?
//
// `wgmma` is fed by tensor copies (WgmmaContraction.h), which want rows that begin on multiples of 16 bytes, and of
// tf32 operands that lie along k. Any other operand is packed by a kernel of its own: k comes last, and rows get zeros
// at their end up to a multiple of 16 bytes. The product runs over these zeros too, so both operands have them:
//
//   C[m, n] = sum over k < 4100 of A[m, k] B[k, n]    ->    P[m, k] = k < 4100 ? A[m, k] : 0
//                                                           Q[n, k] = k < 4100 ? B[k, n] : 0
//                                                           C[m, n] = sum over k < 4104 of P[m, k] Q[n, k]
//
// What is packed is a tensor as any other, so products for other GPUs and for CPUs read it as well, and memory planning
// has no new concept. Packing costs O(mk + kn) bytes, the product O(mnk) work.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "sinter/Transforms/Gpu/Passes.h"

#include "PhaseCost.h"
#include "WgmmaContraction.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/Remarks.h"
#include "sinter/Analysis/DeviceInfo.h"
#include "sinter/Transforms/Memory/Layout.h"
#include "llvm/Support/MathExtras.h"

#include <cmath>

using namespace mlir;
using linalg::GenericOp;

namespace sinter {
#define GEN_PASS_DEF_PACKDEVICEOPERANDSPASS
#include "sinter/Transforms/Gpu/Passes.h.inc"

namespace {

/// Multiplications and additions per microsecond of a large GPU, for operands of two bytes (measured on an H200,
/// docs/performance/gpu.md; `mma.sync` fed element by element, as it still is by odd rows) and for tf32 (`mma.sync`: an
/// estimate).
struct Rates {
  double wgmma, mma;
};
constexpr Rates kHalfRates{6.5e8, 1.0e8}, kTf32Rates{4.0e8, 1.5e8};
/// Of the memory's rate, what packing reaches, which has a thread for each element (an estimate).
constexpr double kPackingShare = 0.2;

class OperandPacker {
public:
  OperandPacker(func::FuncOp function, int64_t batch, bool tf32) : function(function), batch(batch), tf32(tf32) {}

  void run() {
    for (GenericOp product : llvm::to_vector(function.getOps<GenericOp>()))
      consider(product);
  }

private:
  /// How an operand is copied: its dims in this order, of which the padded one, if there is one, gets `extent`.
  struct Layout {
    Value source;
    SmallVector<int64_t> order;
    std::optional<int64_t> padded; ///< a dim of the source
    int64_t extent = 0;
    bool operator==(const Layout &other) const {
      return source == other.source && order == other.order && padded == other.padded && extent == other.extent;
    }
  };

  void consider(GenericOp product);
  std::optional<int64_t> paddedExtent(GenericOp product, int64_t lanes) const;
  Layout layoutOf(GenericOp product, unsigned operand, bool copies, int64_t extentOfK) const;
  bool pays(GenericOp product, const ContractionProblem &p, ArrayRef<std::optional<Layout>> layouts);
  void rewrite(GenericOp product, ArrayRef<std::optional<Layout>> layouts);
  Value pack(GenericOp product, const Layout &layout);
  double bytesOf(const Layout &layout) const;
  Value known(const Layout &layout) const;
  void refuse(GenericOp product, StringRef reason) {
    remark::missed(product.getLoc(), about())
        << remark::add("operands of a product are read as they lie") << remark::reason("{0}", reason.str());
  }
  remark::RemarkOpts about() {
    return remark::RemarkOpts::name("packed").category("fusion").function(function.getName());
  }

  func::FuncOp function;
  int64_t batch;
  bool tf32;
  SmallVector<std::pair<Layout, Value>> made; ///< an operand of several products is packed once
};

/// Extent of the summed loop with its padding, or 0 where rows along k are aligned without; nothing if there is no way.
std::optional<int64_t> OperandPacker::paddedExtent(GenericOp product, int64_t lanes) const {
  SmallVector<unsigned> loops;
  product.getReductionDims(loops);
  AffineMap map = product.getIndexingMapsArray()[0];
  ArrayRef<int64_t> shape = cast<RankedTensorType>(product.getDpsInputs()[0].getType()).getShape();
  int64_t all = 1, last = 0;
  for (unsigned loop : loops) {
    last = shape[*map.getResultPosition(getAffineDimExpr(loop, product.getContext()))];
    all *= ShapedType::isDynamic(last) ? batch : last;
  }
  if (all % lanes == 0)
    return 0;
  if (loops.size() != 1 || ShapedType::isDynamic(last))
    return std::nullopt;
  return llvm::alignTo(last, lanes);
}

/// One that tensor copies can read keeps the order of its dims.
OperandPacker::Layout OperandPacker::layoutOf(GenericOp product, unsigned operand, bool copies,
                                              int64_t extentOfK) const {
  AffineMap map = product.getIndexingMapsArray()[operand];
  Layout layout{product.getDpsInputs()[operand], {}, {}, extentOfK};
  auto isSummed = [&](int64_t dim) {
    return product.getIteratorTypesArray()[map.getDimPosition(dim)] == utils::IteratorType::reduction;
  };
  for (int64_t dim = 0; dim < map.getNumResults(); ++dim) {
    layout.order.push_back(dim);
    if (extentOfK && isSummed(dim))
      layout.padded = dim;
  }
  if (!copies)
    llvm::sort(layout.order, [&](int64_t a, int64_t b) {
      return std::pair(isSummed(a), map.getDimPosition(a)) < std::pair(isSummed(b), map.getDimPosition(b));
    });
  return layout;
}

void OperandPacker::consider(GenericOp product) {
  const PrologueForecast *none[2] = {nullptr, nullptr};
  FailureOr<ContractionProblem> p = describeProduct(product, none, batch);
  if (failed(p) || !WgmmaContraction::tileFor(*p, tf32) || WgmmaContraction::choose(*p, tf32))
    return;
  bool swapped = !product.getIndexingMapsArray()[0].isFunctionOfDim(p->m.loops.back());
  bool copies[] = {WgmmaContraction::copies(*p, swapped ? p->rhs : p->lhs),
                   WgmmaContraction::copies(*p, swapped ? p->lhs : p->rhs)};
  int64_t bytes = elementBytes(p->lhs.element());
  std::optional<int64_t> extent = paddedExtent(product, kAccessBytes / bytes);
  if (!extent)
    return refuse(product,
                  "the summed loops have no rows of a multiple of 16 bytes, and are not one that could be padded");
  std::optional<Layout> layouts[2];
  for (unsigned i : {0, 1}) {
    // A prologue would keep the copy engine out.
    auto maker = product.getDpsInputs()[i].getDefiningOp<GenericOp>();
    bool mayBePrologue = bytes != 2 && maker && maker.getNumReductionLoops() == 0;
    if (!copies[i] || *extent || mayBePrologue)
      layouts[i] = layoutOf(product, i, copies[i], *extent);
  }
  if (pays(product, *p, layouts))
    rewrite(product, layouts);
}

double OperandPacker::bytesOf(const Layout &layout) const {
  auto type = cast<RankedTensorType>(layout.source.getType());
  double elements = 1;
  for (int64_t extent : type.getShape())
    elements *= double(ShapedType::isDynamic(extent) ? batch : extent);
  return 2 * elements * double(elementBytes(type.getElementType()));
}

bool OperandPacker::pays(GenericOp product, const ContractionProblem &p, ArrayRef<std::optional<Layout>> layouts) {
  double operations = 2.0 * double(p.m.extent) * double(p.n.extent) * double(p.k.extent), packing = 0;
  for (ArrayRef<ContractionDim> dims : {ArrayRef(p.outer), ArrayRef(p.outerK)})
    for (const ContractionDim &dim : dims)
      operations *= double(dim.extent);
  for (const std::optional<Layout> &layout : layouts)
    if (layout && !known(*layout))
      packing += kLaunchGap + bytesOf(*layout) / (kDeviceMemoryRate * kPackingShare);
  const Rates &rates = elementBytes(p.lhs.element()) == 2 ? kHalfRates : kTf32Rates;
  double before = operations / rates.mma, after = operations / rates.wgmma + packing;
  auto tell = [&](auto sent, StringRef text) {
    sent << remark::add("{0}", text.str()) << remark::metric("NanosecondsAsTheyLie", std::llround(before * 1e3))
         << remark::metric("NanosecondsPacked", std::llround(after * 1e3));
  };
  bool wins = after < before;
  if (wins)
    tell(remark::passed(product.getLoc(), about()), "operands of a product are packed before it");
  else
    tell(remark::missed(product.getLoc(), about()), "operands of a product are read as they lie");
  return wins;
}

Value OperandPacker::known(const Layout &layout) const {
  for (const auto &[other, tensor] : made)
    if (other == layout)
      return tensor;
  return {};
}

/// A gather, which fusion leaves a kernel of its own.
Value OperandPacker::pack(GenericOp product, const Layout &layout) {
  if (Value tensor = known(layout))
    return tensor;
  auto name = StringAttr::get(product.getContext(), "pack");
  ImplicitLocOpBuilder b(FusedLoc::get(product.getContext(), {product.getLoc()}, name), product);
  auto type = cast<RankedTensorType>(layout.source.getType());
  SmallVector<int64_t> shape;
  SmallVector<Value> extents;
  for (int64_t dim : layout.order) {
    shape.push_back(layout.padded == dim ? layout.extent : type.getDimSize(dim));
    if (type.isDynamicDim(dim))
      extents.push_back(b.createOrFold<tensor::DimOp>(layout.source, dim));
  }
  auto empty = tensor::EmptyOp::create(b, shape, type.getElementType(), extents);
  SmallVector<utils::IteratorType> loops(shape.size(), utils::IteratorType::parallel);
  AffineMap maps[] = {b.getMultiDimIdentityMap(shape.size())};
  auto body = [&](OpBuilder &builder, Location loc, ValueRange) {
    SmallVector<Value> indices(shape.size());
    for (auto [loop, dim] : llvm::enumerate(layout.order))
      indices[dim] = linalg::IndexOp::create(builder, loc, loop);
    Value inside;
    if (layout.padded) {
      Value &index = indices[*layout.padded];
      Value end = arith::ConstantIndexOp::create(builder, loc, type.getDimSize(*layout.padded));
      inside = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ult, index, end);
      index = arith::SelectOp::create(builder, loc, inside, index, arith::ConstantIndexOp::create(builder, loc, 0));
    }
    Value element = tensor::ExtractOp::create(builder, loc, layout.source, indices);
    if (inside)
      element =
          arith::SelectOp::create(builder, loc, inside, element,
                                  arith::ConstantOp::create(builder, loc, builder.getZeroAttr(type.getElementType())));
    linalg::YieldOp::create(builder, loc, element);
  };
  Value tensor = GenericOp::create(b, empty.getType(), ValueRange(), empty.getResult(), maps, loops, body).getResult(0);
  made.emplace_back(layout, tensor);
  return tensor;
}

void OperandPacker::rewrite(GenericOp product, ArrayRef<std::optional<Layout>> layouts) {
  SmallVector<AffineMap> maps = product.getIndexingMapsArray();
  for (auto [i, layout] : llvm::enumerate(layouts)) {
    if (!layout)
      continue;
    SmallVector<AffineExpr> loops;
    for (int64_t dim : layout->order)
      loops.push_back(maps[i].getResult(dim));
    product->setOperand(i, pack(product, *layout));
    maps[i] = AffineMap::get(maps[i].getNumDims(), 0, loops, product.getContext());
  }
  product.setIndexingMapsAttr(OpBuilder(product).getAffineMapArrayAttr(maps));
}

struct PackDeviceOperands : impl::PackDeviceOperandsPassBase<PackDeviceOperands> {
  using PackDeviceOperandsPassBase::PackDeviceOperandsPassBase;

  void runOnOperation() override {
    auto batch = getOperation()->getAttrOfType<IntegerAttr>("sinter.batch");
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (!function.isExternal())
        OperandPacker(function, batch ? batch.getInt() : 1, tf32).run();
  }
};

} // namespace
} // namespace sinter
