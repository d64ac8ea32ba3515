// What is a parameter's value before the first step? The formulas are those of the table at `sinter.parameter`.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Initializers.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/ADT/STLExtras.h"

#include <cmath>

using namespace mlir;

namespace sinter {

namespace {
/// Builds random tensors of one parameter.
class Random {
public:
  Random(OpBuilder &builder, ParameterOp parameter, unsigned index, Value seed, Value step)
      : builder(builder), loc(parameter.getLoc()), type(parameter.getTensorType()), seed(seed), step(step),
        stream(parameter.getStream() ? *parameter.getStream() : 2 * static_cast<uint64_t>(index)) {}

  /// U[low, high).
  Value uniform(double low, double high);
  /// N(mean, deviation^2) by Box and Muller: sqrt(-2 log u) cos(2 pi v), u in (0, 1], v in [0, 1).
  Value normal(double mean, double deviation);

private:
  Value bits(unsigned offset);
  /// The upper 24 bits of a word as a number in 0 .. 2^24 - 1, exact in f32.
  Expr upperBits(OpBuilder &body, Value word);
  /// A map over random words, one per stream.
  Value map(ValueRange words, function_ref<Expr(OpBuilder &, ValueRange)> formula);

  OpBuilder &builder;
  Location loc;
  RankedTensorType type;
  Value seed, step;
  uint64_t stream;
};
} // namespace

static const double oneOver2To24 = 1.0 / 16777216.0, twoPi = 6.2831853071795865;

Value Random::bits(unsigned offset) {
  return RandomBitsOp::create(builder, loc, type.clone(builder.getI32Type()), seed, step, stream + offset);
}

Expr Random::upperBits(OpBuilder &body, Value word) {
  Value eight = arith::ConstantOp::create(body, loc, body.getI32IntegerAttr(8));
  Value upper = arith::ShRUIOp::create(body, loc, word, eight);
  return Expr(body, loc, arith::SIToFPOp::create(body, loc, type.getElementType(), upper));
}

Value Random::map(ValueRange words, function_ref<Expr(OpBuilder &, ValueRange)> formula) {
  auto op = MapOp::create(builder, loc, type, words);
  OpBuilder body(builder.getContext());
  Block *block = body.createBlock(&op.getBody());
  for (Value word : words)
    block->addArgument(cast<RankedTensorType>(word.getType()).getElementType(), loc);
  Expr result = formula(body, block->getArguments());
  YieldOp::create(body, loc, Value(result));
  return op.getResult(0);
}

Value Random::uniform(double low, double high) {
  return map(bits(0), [&](OpBuilder &body, ValueRange words) {
    return low + ((high - low) * oneOver2To24) * upperBits(body, words[0]);
  });
}

Value Random::normal(double mean, double deviation) {
  return map({bits(0), bits(1)}, [&](OpBuilder &body, ValueRange words) {
    Expr u = (upperBits(body, words[0]) + 1.0) * oneOver2To24;
    Expr v = upperBits(body, words[1]) * oneOver2To24;
    Expr z = deviation * (sqrt(-2.0 * log(u)) * cos(twoPi * v));
    return mean == 0.0 ? z : mean + z;
  });
}

Value initialValue(OpBuilder &builder, ParameterOp parameter, unsigned index, Value seed, Value step) {
  RankedTensorType type = parameter.getTensorType();
  ArrayRef<double> given = parameter.getArguments() ? ArrayRef<double>(*parameter.getArguments()) : ArrayRef<double>();
  auto argument = [&](unsigned i, double standard) { return i < given.size() ? given[i] : standard; };
  auto constantOf = [&](double number) { return constant(builder, parameter.getLoc(), type, number); };
  // As in PyTorch, the first extent is fan_out and the product of the others fan_in.
  double fanOut = type.getRank() == 0 ? 1.0 : static_cast<double>(type.getDimSize(0));
  double fanIn = static_cast<double>(type.getNumElements()) / fanOut;
  double kaiming = 1.0 / ((1.0 + argument(0, 0.0) * argument(0, 0.0)) * fanIn);
  double xavier = argument(0, 1.0) * std::sqrt(1.0 / (fanIn + fanOut));
  Random random(builder, parameter, index, seed, step);

  switch (parameter.getInitializer()) {
  case InitializerKind::Zeros:
    return constantOf(0.0);
  case InitializerKind::Ones:
    return constantOf(1.0);
  case InitializerKind::Constant:
    return constantOf(argument(0, 0.0));
  case InitializerKind::Uniform:
    return random.uniform(argument(0, 0.0), argument(1, 1.0));
  case InitializerKind::Normal:
    return random.normal(argument(0, 0.0), argument(1, 1.0));
  case InitializerKind::XavierUniform:
    return random.uniform(-xavier * std::sqrt(6.0), xavier * std::sqrt(6.0));
  case InitializerKind::XavierNormal:
    return random.normal(0.0, xavier * std::sqrt(2.0));
  case InitializerKind::KaimingUniform:
    return random.uniform(-std::sqrt(6.0 * kaiming), std::sqrt(6.0 * kaiming));
  case InitializerKind::KaimingNormal:
    return random.normal(0.0, std::sqrt(2.0 * kaiming));
  }
  llvm_unreachable("an initializer");
}

} // namespace sinter
