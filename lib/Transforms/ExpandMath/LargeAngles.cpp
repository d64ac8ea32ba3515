// How are sine and cosine of large arguments reduced without a library?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// After Payne and Hanek (1983): x = m 2^e with an integer m of 53 bits, and of x 2/pi only the bits below 4 matter. So
// m is multiplied by the 192 bits of 2/pi that begin where their product with 2^e falls below 4, modulo 2^192: the two
// highest bits of that are the quadrant, the others what is left of it.

#include "Expansions.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace sinter {

/// 64 zeros, then the bits of 2/pi.
static constexpr uint64_t kTwoOverPiBits[] = {
    0x0000000000000000, 0xA2F9836E4E441529, 0xFC2757D1F534DDC0, 0xDB6295993C439041, 0xFE5163ABDEBBC561,
    0xB7246E3A424DD2E0, 0x06492EEA09D1921C, 0xFE1DEB1CB129A73E, 0xE88235F52EBB4484, 0xE99C7026B45F7E41,
    0x3991D639835339F4, 0x9C845F8BBDF9283B, 0x1FF897FFDE05980F, 0xEF2F118B5A0A6D1F, 0x6D367ECF27CB09B7,
    0x4F463F669E5FEA2D, 0x7527BAC7EBE5F17B, 0x3D0739F78A5292EA, 0x6BFB5FB11F8D5D08, 0x56033046FC7B6BAB};

namespace {

/// Arithmetic on words of 64 bits.
class Words {
public:
  explicit Words(ImplicitLocOpBuilder &b) : b(b), word(b.getI64Type()) {}

  Value constant(int64_t value) { return arith::ConstantIntOp::create(b, word, value); }
  Value left(Value a, Value by) { return arith::ShLIOp::create(b, a, by); }
  Value right(Value a, Value by) { return arith::ShRUIOp::create(b, a, by); }
  Value both(Value a, Value c) { return arith::OrIOp::create(b, a, c); }
  Value masked(Value a, int64_t mask) { return arith::AndIOp::create(b, a, constant(mask)); }
  Value sum(Value a, Value c) { return arith::AddIOp::create(b, a, c); }
  /// `high` and the upper bits of `low`, moved left by `by` of 0 to 63.
  Value funnel(Value high, Value low, Value by) {
    Value rest = right(right(low, constant(1)), arith::SubIOp::create(b, constant(63), by));
    return both(left(high, by), rest);
  }

  ImplicitLocOpBuilder &b;
  Type word;
};

} // namespace

/// m times the words of 2/pi from bit `position` on, modulo 2^192, moved left by two: the two highest words of the
/// fraction, and the quadrant in front of it.
static std::array<Value, 3> multiply(Words &w, Value m, Value position) {
  ImplicitLocOpBuilder &b = w.b;
  SmallVector<int64_t> table(std::begin(kTwoOverPiBits), std::end(kTwoOverPiBits));
  auto type = VectorType::get({int64_t(table.size())}, w.word);
  Value bits = arith::ConstantOp::create(b, DenseIntElementsAttr::get(type, table));
  Value first = w.right(position, w.constant(6)), shift = w.masked(position, 63);
  SmallVector<Value> words, window;
  for (int64_t i = 0; i < 4; ++i) {
    Value index = arith::IndexCastOp::create(b, b.getIndexType(), w.sum(first, w.constant(i)));
    words.push_back(vector::ExtractOp::create(b, bits, OpFoldResult(index)));
  }
  for (int64_t i = 0; i < 3; ++i)
    window.push_back(w.funnel(words[i], words[i + 1], shift));
  auto low = arith::MulUIExtendedOp::create(b, m, window[2]), middle = arith::MulUIExtendedOp::create(b, m, window[1]);
  Value second = w.sum(middle.getLow(), low.getHigh());
  Value carries = arith::CmpIOp::create(b, arith::CmpIPredicate::ult, second, middle.getLow());
  Value carry = arith::ExtUIOp::create(b, w.word, carries);
  Value highest = w.sum(w.sum(arith::MulIOp::create(b, m, window[0]), middle.getHigh()), carry);
  Value two = w.constant(2);
  return {w.right(highest, w.constant(62)), w.funnel(highest, second, two), w.funnel(second, low.getLow(), two)};
}

Value expandLargeAngle(MathBuilder &b, Value x, int64_t quadrants) {
  ImplicitLocOpBuilder &builder = b.builder();
  Words w(builder);
  Value bits = b.bits(x), exponent = w.masked(w.right(bits, w.constant(52)), 0x7FF);
  Value m = w.both(w.masked(bits, (int64_t(1) << 52) - 1), w.constant(int64_t(1) << 52));
  // Bit i of 2/pi weighs 2^-i and is number i + 63 of the table; those before number e - 1 make multiples of 4.
  // Infinity, whose result is not used, must stay in the table.
  Value position = arith::SubIOp::create(builder, exponent, w.constant(1023 + 52 - 62));
  position = arith::MaxSIOp::create(builder, position, w.constant(0));
  position = arith::MinSIOp::create(builder, position, w.constant(1033));
  auto [quadrant, high, low] = multiply(w, m, position);
  // The fraction as a number from -1/2 to 1/2.
  Value isUpper = arith::CmpIOp::create(builder, arith::CmpIPredicate::slt, high, w.constant(0));
  quadrant = w.sum(quadrant, arith::ExtUIOp::create(builder, w.word, isUpper));
  Type f64 = builder.getF64Type();
  Value fraction = b.fma(arith::UIToFPOp::create(builder, f64, low), b.constant(0x1p-128),
                         b.mul(arith::SIToFPOp::create(builder, f64, high), b.constant(0x1p-64)));
  Value angle = b.mul(fraction, b.constant(1.57079632679489661923));
  Value isNegative = arith::CmpIOp::create(builder, arith::CmpIPredicate::slt, bits, w.constant(0));
  angle = b.select(isNegative, b.negate(angle), angle);
  quadrant =
      arith::SelectOp::create(builder, isNegative, arith::SubIOp::create(builder, w.constant(0), quadrant), quadrant);
  Value result = sineOfReduced(b, angle, w.sum(quadrant, w.constant(quadrants)));
  Value isFinite = arith::CmpIOp::create(builder, arith::CmpIPredicate::ne, exponent, w.constant(0x7FF));
  return b.select(isFinite, result, b.sub(x, x));
}

} // namespace sinter
