// Which shuffles transpose a square block held in vector registers, or add up each of its rows?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "ContractionEmitter.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace sinter {

namespace {

using Vectors = MutableArrayRef<Value>;

/// Shuffles a and b lane by lane (a lane holds `perLane` elements): picks units of `unit` elements, from a and b in
/// turn, starting at the lower or the upper half of each lane.
Value interleave(ImplicitLocOpBuilder &b, Value x, Value y, int64_t perLane, int64_t unit, bool upper) {
  int64_t n = cast<VectorType>(x.getType()).getNumElements();
  SmallVector<int64_t> mask;
  for (int64_t lane = 0; lane < n; lane += perLane)
    for (int64_t pick = 0; pick < perLane; pick += 2 * unit)
      for (int64_t source : {int64_t(0), n})
        for (int64_t e = 0; e < unit; ++e)
          mask.push_back(source + lane + (upper ? perLane / 2 : 0) + pick / 2 + e);
  return vector::ShuffleOp::create(b, x, y, mask);
}

/// The 128-bit lanes of x at `first`, `first + step`, ..., then those of y.
Value pickLanes(ImplicitLocOpBuilder &b, Value x, Value y, int64_t perLane, int64_t first, int64_t step) {
  int64_t n = cast<VectorType>(x.getType()).getNumElements();
  SmallVector<int64_t> mask;
  for (int64_t source : {int64_t(0), n})
    for (int64_t lane = first; lane < n / perLane; lane += step)
      for (int64_t e = 0; e < perLane; ++e)
        mask.push_back(source + lane * perLane + e);
  return vector::ShuffleOp::create(b, x, y, mask);
}

/// Within each 128-bit lane, transposes each group of `perLane` vectors: units of one column and ever more rows, from
/// two halves of a group that is twice as large each time.
void transposeInLanes(ImplicitLocOpBuilder &b, Vectors v, int64_t perLane) {
  for (int64_t unit = 1; unit < perLane; unit *= 2) {
    SmallVector<Value> before(v);
    for (int64_t group = 0; group < int64_t(v.size()); group += 2 * unit)
      for (int64_t i = 0; i < unit; ++i)
        for (bool upper : {false, true})
          v[group + 2 * i + upper] = interleave(b, before[group + i], before[group + unit + i], perLane, unit, upper);
  }
}

/// v[g * perLane + j] holds, in 128-bit lane l, column l * perLane + j of rows g * perLane...; gathers whole columns.
void transposeLanes(ImplicitLocOpBuilder &b, Vectors v, int64_t perLane) {
  int64_t lanes = v.size() / perLane;
  for (int64_t j = 0; j < perLane; ++j) {
    if (lanes == 2) {
      Value low = pickLanes(b, v[j], v[perLane + j], perLane, 0, 2);
      v[perLane + j] = pickLanes(b, v[j], v[perLane + j], perLane, 1, 2);
      v[j] = low;
    } else if (lanes == 4) {
      Value t[4]; // even and odd lanes of the first two, then of the last two
      for (int64_t half : {0, 1})
        for (int64_t odd : {0, 1})
          t[2 * half + odd] = pickLanes(b, v[2 * half * perLane + j], v[(2 * half + 1) * perLane + j], perLane, odd, 2);
      for (int64_t lane = 0; lane < 4; ++lane)
        v[lane * perLane + j] = pickLanes(b, t[lane % 2], t[2 + lane % 2], perLane, lane / 2, 2);
    }
  }
}

} // namespace

void transposeInRegisters(ImplicitLocOpBuilder &b, MutableArrayRef<Value> vectors, unsigned elementBytes) {
  int64_t perLane = 16 / elementBytes;
  transposeInLanes(b, vectors, perLane);
  transposeLanes(b, vectors, perLane);
}

Value addUpPairs(ImplicitLocOpBuilder &b, ArrayRef<Value> vectors, int64_t perVector, unsigned elementBytes) {
  int64_t perLane = 16 / elementBytes;
  SmallVector<Value> sums(vectors);
  for (; sums.size() > 1; perVector *= 2) {
    for (size_t i = 0; i < sums.size() / 2; ++i) {
      Value x = sums[2 * i], y = sums[2 * i + 1];
      auto half = [&](bool upper) {
        return perVector < perLane ? interleave(b, x, y, perLane, perVector, upper)
                                   : pickLanes(b, x, y, perLane, upper, 2);
      };
      sums[i] = arith::AddFOp::create(b, half(false), half(true));
    }
    sums.resize(sums.size() / 2);
  }
  return sums.front();
}

} // namespace sinter
