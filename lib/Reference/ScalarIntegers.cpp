// What do the `arith` ops of a map's region compute on integers? Two's complement of the type's width.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "EvaluationTable.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace sinter::reference;

static int64_t widthOf(ElementKind kind) {
  return kind == ElementKind::I1 ? 1 : kind == ElementKind::I8 ? 8 : kind == ElementKind::I32 ? 32 : 64;
}

/// The low bits of a value, as unsigned.
static uint64_t bitsOf(ElementKind kind, int64_t value) {
  const int64_t width = widthOf(kind);
  return static_cast<uint64_t>(value) & (width == 64 ? ~uint64_t(0) : (uint64_t(1) << width) - 1);
}

/// The value as a signed number; 1 of i1 is -1.
static int64_t signedOf(ElementKind kind, int64_t value) {
  return kind == ElementKind::I1 ? -(value & 1) : value;
}

/// An op on the bit patterns: function(a, b, width), whose high bits do not matter.
template <typename OpTy>
static void addBits(EvaluationTable &table, uint64_t (*function)(uint64_t, uint64_t, uint64_t width)) {
  table.add<OpTy>([function](OpTy op, Frame &frame) {
    const Tensor &lhs = frame.get(op.getLhs()), &rhs = frame.get(op.getRhs());
    const ElementKind kind = lhs.kind();
    return mapInteger(kind, lhs, rhs, [&](int64_t a, int64_t b) {
      return static_cast<int64_t>(function(bitsOf(kind, a), bitsOf(kind, b), widthOf(kind)));
    });
  });
}

/// An op on signed values.
template <typename OpTy>
static void addSigned(EvaluationTable &table, int64_t (*function)(int64_t, int64_t)) {
  table.add<OpTy>([function](OpTy op, Frame &frame) {
    const Tensor &lhs = frame.get(op.getLhs()), &rhs = frame.get(op.getRhs());
    const ElementKind kind = lhs.kind();
    return mapInteger(kind, lhs, rhs,
                      [&](int64_t a, int64_t b) { return function(signedOf(kind, a), signedOf(kind, b)); });
  });
}

/// A division; zero divisors are errors.
template <typename OpTy>
static void addDivision(EvaluationTable &table, int64_t (*function)(ElementKind, int64_t, int64_t)) {
  table.addChecked<OpTy>([function](OpTy op, Frame &frame) -> LogicalResult {
    const Tensor &lhs = frame.get(op.getLhs()), &rhs = frame.get(op.getRhs());
    for (int64_t i = 0; i < rhs.size(); ++i)
      if (rhs.integerAt(i) == 0)
        return op.emitOpError("division of integers by zero at element ") << i;
    const ElementKind kind = lhs.kind();
    frame.set(op.getResult(), mapInteger(kind, lhs, rhs, [&](int64_t a, int64_t b) { return function(kind, a, b); }));
    return success();
  });
}

static bool holds(arith::CmpIPredicate predicate, ElementKind kind, int64_t a, int64_t b) {
  using P = arith::CmpIPredicate;
  const int64_t sa = signedOf(kind, a), sb = signedOf(kind, b);
  const uint64_t ua = bitsOf(kind, a), ub = bitsOf(kind, b);
  switch (predicate) {
  case P::eq:
    return ua == ub;
  case P::ne:
    return ua != ub;
  case P::slt:
    return sa < sb;
  case P::sle:
    return sa <= sb;
  case P::sgt:
    return sa > sb;
  case P::sge:
    return sa >= sb;
  case P::ult:
    return ua < ub;
  case P::ule:
    return ua <= ub;
  case P::ugt:
    return ua > ub;
  case P::uge:
    return ua >= ub;
  }
  return false;
}

static void addArithmetic(EvaluationTable &table) {
  addBits<arith::AddIOp>(table, [](uint64_t a, uint64_t b, uint64_t) { return a + b; });
  addBits<arith::SubIOp>(table, [](uint64_t a, uint64_t b, uint64_t) { return a - b; });
  addBits<arith::MulIOp>(table, [](uint64_t a, uint64_t b, uint64_t) { return a * b; });
  addBits<arith::AndIOp>(table, [](uint64_t a, uint64_t b, uint64_t) { return a & b; });
  addBits<arith::OrIOp>(table, [](uint64_t a, uint64_t b, uint64_t) { return a | b; });
  addBits<arith::XOrIOp>(table, [](uint64_t a, uint64_t b, uint64_t) { return a ^ b; });
  addBits<arith::MaxUIOp>(table, [](uint64_t a, uint64_t b, uint64_t) { return a > b ? a : b; });
  addBits<arith::MinUIOp>(table, [](uint64_t a, uint64_t b, uint64_t) { return a < b ? a : b; });
  // A shift by the width or more has no defined value in `arith`; here it shifts everything out.
  addBits<arith::ShLIOp>(table, [](uint64_t a, uint64_t b, uint64_t width) { return b < width ? a << b : 0; });
  addBits<arith::ShRUIOp>(table, [](uint64_t a, uint64_t b, uint64_t width) { return b < width ? a >> b : 0; });
  addSigned<arith::ShRSIOp>(table, [](int64_t a, int64_t b) { return a >> (b < 0 || b > 63 ? 63 : b); });
  addSigned<arith::MaxSIOp>(table, [](int64_t a, int64_t b) { return a > b ? a : b; });
  addSigned<arith::MinSIOp>(table, [](int64_t a, int64_t b) { return a < b ? a : b; });
}

void sinter::reference::addScalarIntegers(EvaluationTable &table) {
  addArithmetic(table);
  // -1 is told apart because the smallest number divided by it overflows.
  addDivision<arith::DivSIOp>(table, [](ElementKind kind, int64_t a, int64_t b) {
    const int64_t divisor = signedOf(kind, b);
    return divisor == -1 ? static_cast<int64_t>(0 - static_cast<uint64_t>(signedOf(kind, a)))
                         : signedOf(kind, a) / divisor;
  });
  addDivision<arith::RemSIOp>(table, [](ElementKind kind, int64_t a, int64_t b) {
    const int64_t divisor = signedOf(kind, b);
    return divisor == -1 ? 0 : signedOf(kind, a) % divisor;
  });
  addDivision<arith::DivUIOp>(table, [](ElementKind kind, int64_t a, int64_t b) {
    return static_cast<int64_t>(bitsOf(kind, a) / bitsOf(kind, b));
  });
  addDivision<arith::RemUIOp>(table, [](ElementKind kind, int64_t a, int64_t b) {
    return static_cast<int64_t>(bitsOf(kind, a) % bitsOf(kind, b));
  });
  table.add<arith::CmpIOp>([](arith::CmpIOp op, Frame &frame) {
    const Tensor &lhs = frame.get(op.getLhs()), &rhs = frame.get(op.getRhs());
    return predicate(lhs.shape(), [&](int64_t i) {
      return holds(op.getPredicate(), lhs.kind(), lhs.integerAt(i), rhs.integerAt(i));
    });
  });
}
