// How is a tensor transposed at the speed of memory? Squares of as many vectors as a vector has lanes are loaded along
// the input's rows, transposed in registers and stored along the result's.
//
//   for the other loops: for i by lanes (along): for j by lanes (across): load square, transpose, store square
//
// The last square of a loop overlaps the one before it, except where that belongs to another work item: what a run of
// the first loop has beyond whole squares is copied element by element.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Transposition.h"

#include "ContractionEmitter.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace sinter {

/// Vectors that shuffles transpose: one to four lanes of 128 bits.
static constexpr int64_t kLeastBytes = 16, kMostBytes = 64;

std::optional<Transposition> matchTransposition(const KernelAnalysis &analysis, int64_t lanes) {
  if (analysis.generics.size() != 1)
    return std::nullopt;
  linalg::GenericOp generic = analysis.generics.front();
  OpOperand *input = transposedOperand(generic);
  if (!input || !isa<BlockArgument>(input->get()))
    return std::nullopt;
  AffineMap map = generic.getMatchingIndexingMap(input);
  unsigned loops = generic.getNumLoops(), bytes = storedBytes(getElementTypeOrSelf(input->get().getType()));
  if (loops < 2 || (bytes != 2 && bytes != 4 && bytes != 8) || lanes * bytes < kLeastBytes ||
      lanes * bytes > kMostBytes || !llvm::isPowerOf2_64(lanes))
    return std::nullopt;
  Transposition found{generic, map.getDimPosition(loops - 1), loops - 1};
  if (found.along == found.across)
    return std::nullopt;
  for (unsigned loop = 0; loop < loops; ++loop) {
    int64_t extent = analysis.domain[loop];
    bool inSquare = loop == found.along || loop == found.across;
    if (ShapedType::isDynamic(extent) ? loop != 0 : inSquare && extent < lanes)
      return std::nullopt;
  }
  return found;
}

namespace {

class SquareEmitter {
public:
  SquareEmitter(KernelContext &context, Transposition t)
      : context(context), b(context.loc, context.builder), t(t), lanes(context.lanes),
        map(t.generic.getMatchingIndexingMap(t.generic.getDpsInputOperand(0))),
        input(context.emission.buffer(cast<BlockArgument>(t.generic.getDpsInputOperand(0)->get()))),
        result(context.emission.buffer(context.outArgument(0))), at(t.generic.getNumLoops()) {}

  void emit(Value begin, Value end) {
    if (!t.itemsCutSquares()) {
      loop(begin, end, 1, [&](Value i) {
        at[0] = i;
        emitLoops(1);
      });
      return;
    }
    Value count = arith::SubIOp::create(b, end, begin), size = index(lanes);
    Value rest = arith::RemUIOp::create(b, count, size), whole = arith::SubIOp::create(b, end, rest);
    loop(begin, whole, lanes, [&](Value i) {
      at[0] = i;
      emitLoops(1);
    });
    loop(whole, end, 1, [&](Value i) {
      at[0] = i;
      emitElements(1);
    });
  }

private:
  Value index(int64_t value) { return arith::ConstantIndexOp::create(b, value); }

  void loop(Value from, Value to, int64_t step, function_ref<void(Value)> body) {
    auto loop = scf::ForOp::create(b, from, to, index(step));
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(loop.getBody());
    body(loop.getInductionVar());
  }

  /// The loops from `depth` on, those of the square by vectors.
  void emitLoops(unsigned depth) {
    if (depth == at.size())
      return emitSquare();
    int64_t extent = context.analysis.domain[depth];
    bool inSquare = depth == t.along || depth == t.across;
    loop(index(0), index(extent), inSquare ? lanes : 1, [&](Value i) {
      at[depth] = inSquare && extent % lanes ? arith::MinUIOp::create(b, i, index(extent - lanes)) : i;
      emitLoops(depth + 1);
    });
  }

  void emitElements(unsigned depth) {
    if (depth < at.size())
      return loop(index(0), index(context.analysis.domain[depth]), 1, [&](Value i) {
        at[depth] = i;
        emitElements(depth + 1);
      });
    memref::StoreOp::create(b, memref::LoadOp::create(b, input, inputIndices(at)), result, at);
  }

  SmallVector<Value> inputIndices(ArrayRef<Value> point) {
    return llvm::map_to_vector(map.getResults(),
                               [&](AffineExpr e) { return point[cast<AffineDimExpr>(e).getPosition()]; });
  }

  /// The point `number` further along a loop.
  SmallVector<Value> moved(unsigned loop, int64_t number) {
    SmallVector<Value> point(at);
    if (number)
      point[loop] = arith::AddIOp::create(b, point[loop], index(number));
    return point;
  }

  void emitSquare() {
    Type element = cast<MemRefType>(input.getType()).getElementType();
    unsigned bytes = element.getIntOrFloatBitWidth() / 8;
    auto type = VectorType::get({lanes}, element);
    // Shuffles of bf16 and f16 would be arithmetic of theirs, which not every processor has.
    auto moved16 = VectorType::get({lanes}, b.getI16Type());
    SmallVector<Value> square;
    for (int64_t i = 0; i < lanes; ++i) { // the square after the next is asked for: its lines are far apart
      memref::PrefetchOp::create(b, input, inputIndices(moved(t.across, i + 2 * lanes)), /*isWrite=*/false,
                                 /*localityHint=*/3, /*isDataCache=*/true);
      square.push_back(vector::LoadOp::create(b, type, input, inputIndices(moved(t.across, i))));
      if (bytes == 2)
        square.back() = vector::BitCastOp::create(b, moved16, square.back());
    }
    transposeInRegisters(b, square, bytes);
    for (int64_t i = 0; i < lanes; ++i) {
      Value row = bytes == 2 ? vector::BitCastOp::create(b, type, square[i]).getResult() : square[i];
      vector::StoreOp::create(b, row, result, moved(t.along, i));
    }
  }

  KernelContext &context;
  ImplicitLocOpBuilder b;
  Transposition t;
  int64_t lanes;
  AffineMap map; ///< of the input
  Value input, result;
  SmallVector<Value> at; ///< by loop
};

} // namespace

void emitSquares(KernelContext &context, const Transposition &transposition, Value begin, Value end) {
  SquareEmitter(context, transposition).emit(begin, end);
}

} // namespace sinter
