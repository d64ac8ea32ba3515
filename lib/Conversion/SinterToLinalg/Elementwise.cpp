// Which scalar expression does each elementwise op compute? A table, and one pattern that puts a row of it in a loop.
//
//   %r = sinter.add %a, %b  ->  linalg.generic ins(%a, %b) { arith.addf }
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Generic.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Matchers.h"
#include "sinter/Conversion/SinterToLinalg/Passes.h"
#include "sinter/Dialect/IR/SinterDialect.h"

using namespace mlir;
using namespace sinter;

//===-- Scalar expressions ---------------------------------------------------------------------------------------===//

namespace {
/// Builds the scalar of one element.
struct Scalar {
  OpBuilder &builder;
  Location loc;

  template <typename OpT, typename... Args>
  Value make(Args &&...args) {
    return OpT::create(builder, loc, std::forward<Args>(args)...);
  }
  Value number(Value like, double number) { return scalarConstant(builder, loc, like.getType(), number); }
};
} // namespace

template <typename FloatOp>
static Value unary(Scalar s, Operation *, ValueRange x) {
  return s.make<FloatOp>(x[0]);
}

template <typename FloatOp, typename IntegerOp>
static Value binary(Scalar s, Operation *, ValueRange x) {
  return isa<FloatType>(x[0].getType()) ? s.make<FloatOp>(x[0], x[1]) : s.make<IntegerOp>(x[0], x[1]);
}

/// An i1 is 0 or 1, so that its order is the unsigned one.
template <typename FloatOp, typename SignedOp, typename UnsignedOp>
static Value ordered(Scalar s, Operation *op, ValueRange x) {
  return x[0].getType().isInteger(1) ? s.make<UnsignedOp>(x[0], x[1]) : binary<FloatOp, SignedOp>(s, op, x);
}

static Value sign(Scalar s, Operation *, ValueRange x) {
  Value zero = s.number(x[0], 0.0);
  Value positive = s.make<arith::CmpFOp>(arith::CmpFPredicate::OGT, x[0], zero);
  Value negative = s.make<arith::CmpFOp>(arith::CmpFPredicate::OLT, x[0], zero);
  Value orNegative = s.make<arith::SelectOp>(negative, s.number(x[0], -1.0), x[0]);
  return s.make<arith::SelectOp>(positive, s.number(x[0], 1.0), orNegative);
}

static Value sigmoid(Scalar s, Operation *, ValueRange x) {
  Value one = s.number(x[0], 1.0);
  Value decay = s.make<math::ExpOp>(s.make<arith::NegFOp>(x[0]));
  return s.make<arith::DivFOp>(one, s.make<arith::AddFOp>(one, decay));
}

static Value square(Scalar s, Operation *, ValueRange x) {
  return s.make<arith::MulFOp>(x[0], x[0]);
}

/// Makes an integer division that cannot trap: vectors have lanes without elements, whose divisors are zero, and the
/// lowest number divided by -1 overflows. By 0 the result is that of a division by 1.
static Value divideSafely(Scalar s, Operation *division) {
  Value divisor = division->getOperand(1), dividend = division->getOperand(0);
  APInt known;
  bool isSigned = isa<arith::DivSIOp, arith::RemSIOp>(division);
  bool isKnown = matchPattern(divisor, m_ConstantInt(&known));
  if (divisor.getType().isInteger(1) || (isKnown && !known.isZero() && !(isSigned && known.isAllOnes())))
    return division->getResult(0);
  s.builder.setInsertionPoint(division);
  Value one = s.number(divisor, 1.0);
  Value replace = s.make<arith::CmpIOp>(arith::CmpIPredicate::eq, divisor, s.number(divisor, 0.0));
  Value isMinusOne;
  if (isSigned) {
    isMinusOne = s.make<arith::CmpIOp>(arith::CmpIPredicate::eq, divisor, s.number(divisor, -1.0));
    replace = s.make<arith::OrIOp>(replace, isMinusOne);
  }
  division->setOperand(1, s.make<arith::SelectOp>(replace, one, divisor));
  s.builder.setInsertionPointAfter(division);
  if (!isSigned)
    return division->getResult(0);
  Value zero = s.number(dividend, 0.0);
  Value byMinusOne = isa<arith::DivSIOp>(division) ? s.make<arith::SubIOp>(zero, dividend) : zero;
  return s.make<arith::SelectOp>(isMinusOne, byMinusOne, division->getResult(0));
}

static Value divide(Scalar s, Operation *, ValueRange x) {
  if (isa<FloatType>(x[0].getType()))
    return s.make<arith::DivFOp>(x[0], x[1]);
  if (x[0].getType().isInteger(1)) // by 1
    return x[0];
  return divideSafely(s, s.make<arith::DivSIOp>(x[0], x[1]).getDefiningOp());
}

static Value select(Scalar s, Operation *, ValueRange x) {
  return s.make<arith::SelectOp>(x[0], x[1], x[2]);
}

static arith::CmpFPredicate floatPredicate(CompareKind kind) {
  switch (kind) {
  case CompareKind::EQ:
    return arith::CmpFPredicate::OEQ;
  case CompareKind::NE:
    return arith::CmpFPredicate::UNE;
  case CompareKind::LT:
    return arith::CmpFPredicate::OLT;
  case CompareKind::LE:
    return arith::CmpFPredicate::OLE;
  case CompareKind::GT:
    return arith::CmpFPredicate::OGT;
  case CompareKind::GE:
    return arith::CmpFPredicate::OGE;
  }
  llvm_unreachable("all comparisons are listed");
}

static arith::CmpIPredicate integerPredicate(CompareKind kind, bool isBit) {
  switch (kind) {
  case CompareKind::EQ:
    return arith::CmpIPredicate::eq;
  case CompareKind::NE:
    return arith::CmpIPredicate::ne;
  case CompareKind::LT:
    return isBit ? arith::CmpIPredicate::ult : arith::CmpIPredicate::slt;
  case CompareKind::LE:
    return isBit ? arith::CmpIPredicate::ule : arith::CmpIPredicate::sle;
  case CompareKind::GT:
    return isBit ? arith::CmpIPredicate::ugt : arith::CmpIPredicate::sgt;
  case CompareKind::GE:
    return isBit ? arith::CmpIPredicate::uge : arith::CmpIPredicate::sge;
  }
  llvm_unreachable("all comparisons are listed");
}

static Value compare(Scalar s, Operation *op, ValueRange x) {
  CompareKind kind = cast<CompareOp>(op).getKind();
  if (isa<FloatType>(x[0].getType()))
    return s.make<arith::CmpFOp>(floatPredicate(kind), x[0], x[1]);
  return s.make<arith::CmpIOp>(integerPredicate(kind, x[0].getType().isInteger(1)), x[0], x[1]);
}

static Value convertFloat(Scalar s, Value x, Type to) {
  if (to.isInteger(1))
    return s.make<arith::CmpFOp>(arith::CmpFPredicate::UNE, x, s.number(x, 0.0));
  if (to.isInteger())
    return s.make<arith::FPToSIOp>(to, x);
  bool wider = to.getIntOrFloatBitWidth() > x.getType().getIntOrFloatBitWidth();
  return wider ? s.make<arith::ExtFOp>(to, x) : s.make<arith::TruncFOp>(to, x);
}

static Value convertInteger(Scalar s, Value x, Type to) {
  bool isBit = x.getType().isInteger(1);
  if (isa<FloatType>(to))
    return isBit ? s.make<arith::UIToFPOp>(to, x) : s.make<arith::SIToFPOp>(to, x);
  if (to.isInteger(1))
    return s.make<arith::CmpIOp>(arith::CmpIPredicate::ne, x, s.number(x, 0.0));
  if (to.getIntOrFloatBitWidth() < x.getType().getIntOrFloatBitWidth())
    return s.make<arith::TruncIOp>(to, x);
  return isBit ? s.make<arith::ExtUIOp>(to, x) : s.make<arith::ExtSIOp>(to, x);
}

static Value convert(Scalar s, Operation *op, ValueRange x) {
  Type to = getElementTypeOrSelf(op->getResult(0).getType());
  if (x[0].getType() == to)
    return x[0];
  return isa<FloatType>(x[0].getType()) ? convertFloat(s, x[0], to) : convertInteger(s, x[0], to);
}

//===-- Patterns -------------------------------------------------------------------------------------------------===//

namespace {
template <typename OpT>
struct ConvertElementwise : OpRewritePattern<OpT> {
  using Formula = Value (*)(Scalar, Operation *, ValueRange);
  ConvertElementwise(MLIRContext *context, Formula formula) : OpRewritePattern<OpT>(context), formula(formula) {}

  LogicalResult matchAndRewrite(OpT op, PatternRewriter &rewriter) const override {
    return replaceWithElementwise(rewriter, op, op->getOperands(), {},
                                  [&](OpBuilder &builder, Location loc, ValueRange inputs) -> SmallVector<Value> {
                                    return {formula(Scalar{builder, loc}, op, inputs)};
                                  });
  }

private:
  Formula formula;
};

/// The region of a map is the body of the loop.
struct ConvertMap : OpRewritePattern<MapOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(MapOp op, PatternRewriter &rewriter) const override {
    auto body = [&](OpBuilder &builder, Location loc, ValueRange inputs) {
      IRMapping mapping;
      Block &block = op.getBody().front();
      mapping.map(block.getArguments(), inputs);
      for (Operation &scalar : block.without_terminator()) {
        Operation *cloned = builder.clone(scalar, mapping);
        if (isa<arith::DivSIOp, arith::DivUIOp, arith::RemSIOp, arith::RemUIOp>(cloned))
          mapping.map(scalar.getResult(0), divideSafely(Scalar{builder, loc}, cloned));
      }
      SmallVector<Value> results;
      for (Value yielded : block.getTerminator()->getOperands())
        results.push_back(mapping.lookup(yielded));
      return results;
    };
    return replaceWithElementwise(rewriter, op, op.getInputs(), {}, body);
  }
};

struct Table {
  RewritePatternSet &patterns;
  template <typename OpT>
  void add(Value (*formula)(Scalar, Operation *, ValueRange)) {
    patterns.add<ConvertElementwise<OpT>>(patterns.getContext(), formula);
  }
};
} // namespace

void sinter::populateElementwiseToLinalgPatterns(RewritePatternSet &patterns) {
  Table table{patterns};
  table.add<NegateOp>(unary<arith::NegFOp>);
  table.add<AbsOp>(unary<math::AbsFOp>);
  table.add<FloorOp>(unary<math::FloorOp>);
  table.add<ExpOp>(unary<math::ExpOp>);
  table.add<Expm1Op>(unary<math::ExpM1Op>);
  table.add<LogOp>(unary<math::LogOp>);
  table.add<Log1pOp>(unary<math::Log1pOp>);
  table.add<SqrtOp>(unary<math::SqrtOp>);
  table.add<RsqrtOp>(unary<math::RsqrtOp>);
  table.add<SinOp>(unary<math::SinOp>);
  table.add<CosOp>(unary<math::CosOp>);
  table.add<TanhOp>(unary<math::TanhOp>);
  table.add<ErfOp>(unary<math::ErfOp>);
  table.add<SignOp>(sign);
  table.add<SigmoidOp>(sigmoid);
  table.add<SquareOp>(square);
  table.add<AddOp>(binary<arith::AddFOp, arith::AddIOp>);
  table.add<SubOp>(binary<arith::SubFOp, arith::SubIOp>);
  table.add<MulOp>(binary<arith::MulFOp, arith::MulIOp>);
  table.add<DivOp>(divide);
  table.add<PowOp>([](Scalar s, Operation *, ValueRange x) -> Value { return s.make<math::PowFOp>(x[0], x[1]); });
  table.add<MaxOp>(ordered<arith::MaximumFOp, arith::MaxSIOp, arith::MaxUIOp>);
  table.add<MinOp>(ordered<arith::MinimumFOp, arith::MinSIOp, arith::MinUIOp>);
  table.add<CompareOp>(compare);
  table.add<SelectOp>(select);
  table.add<ConvertOp>(convert);
  patterns.add<ConvertMap>(patterns.getContext());
}
