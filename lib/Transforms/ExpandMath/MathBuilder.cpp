// Which ops make up the arithmetic that the polynomials are written in?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "MathBuilder.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;

namespace sinter {

bool isExpandable(Type type) {
  Type element = getElementTypeOrSelf(type);
  auto vector = dyn_cast<VectorType>(type);
  return (element.isF32() || element.isF64()) && (!vector || (vector.getRank() == 1 && !vector.isScalable()));
}

MathBuilder::MathBuilder(ImplicitLocOpBuilder &builder, Type type, MathTarget target)
    : b(builder), type(type), target(target) {
  double_ = getElementTypeOrSelf(type).isF64();
  integerType = b.getIntegerType(double_ ? 64 : 32);
  if (auto vector = dyn_cast<VectorType>(type))
    integerType = vector.clone(integerType);
}

static Value makeConstant(ImplicitLocOpBuilder &b, Type type, TypedAttr element) {
  if (auto vector = dyn_cast<VectorType>(type))
    return arith::ConstantOp::create(b, DenseElementsAttr::get(vector, Attribute(element)));
  return arith::ConstantOp::create(b, element);
}

Value MathBuilder::constant(double value) {
  return makeConstant(b, type, b.getFloatAttr(getElementTypeOrSelf(type), value));
}
Value MathBuilder::integer(int64_t value) {
  return makeConstant(b, integerType, b.getIntegerAttr(getElementTypeOrSelf(integerType), value));
}
Value MathBuilder::add(Value x, Value y) {
  return arith::AddFOp::create(b, x, y);
}
Value MathBuilder::sub(Value x, Value y) {
  return arith::SubFOp::create(b, x, y);
}
Value MathBuilder::mul(Value x, Value y) {
  return arith::MulFOp::create(b, x, y);
}
Value MathBuilder::div(Value x, Value y) {
  return arith::DivFOp::create(b, x, y);
}
Value MathBuilder::negate(Value x) {
  return arith::NegFOp::create(b, x);
}
Value MathBuilder::abs(Value x) {
  return math::AbsFOp::create(b, x);
}
Value MathBuilder::floor(Value x) {
  return math::FloorOp::create(b, x);
}
Value MathBuilder::sqrt(Value x) {
  return math::SqrtOp::create(b, x);
}
Value MathBuilder::fma(Value x, Value y, Value z) {
  return math::FmaOp::create(b, x, y, z);
}
Value MathBuilder::copySign(Value magnitude, Value sign) {
  return math::CopySignOp::create(b, magnitude, sign);
}
Value MathBuilder::compare(Predicate predicate, Value x, Value y) {
  return arith::CmpFOp::create(b, predicate, x, y);
}
Value MathBuilder::select(Value condition, Value x, Value y) {
  return arith::SelectOp::create(b, condition, x, y);
}

Value MathBuilder::polynomial(Value x, ArrayRef<double> coefficients) {
  Value sum = constant(coefficients.front());
  for (double c : coefficients.drop_front())
    sum = fma(sum, x, constant(c));
  return sum;
}

Value MathBuilder::atLeast(Value x, double bound) {
  Value lowest = constant(bound);
  return select(compare(Predicate::OGT, lowest, x), lowest, x);
}
Value MathBuilder::atMost(Value x, double bound) {
  Value highest = constant(bound);
  return select(compare(Predicate::OLT, highest, x), highest, x);
}

Value MathBuilder::bits(Value x) {
  return arith::BitcastOp::create(b, integerType, x);
}
Value MathBuilder::fromBits(Value x) {
  return arith::BitcastOp::create(b, type, x);
}
Value MathBuilder::fromInteger(Value x) {
  return arith::SIToFPOp::create(b, type, x);
}
Value MathBuilder::addInteger(Value x, Value y) {
  return arith::AddIOp::create(b, x, y);
}
Value MathBuilder::subInteger(Value x, Value y) {
  return arith::SubIOp::create(b, x, y);
}
Value MathBuilder::minInteger(Value x, Value y) {
  return arith::MinSIOp::create(b, x, y);
}
Value MathBuilder::shiftLeft(Value x, unsigned by) {
  return arith::ShLIOp::create(b, x, integer(by));
}
Value MathBuilder::shiftRight(Value x, unsigned by) {
  return arith::ShRSIOp::create(b, x, integer(by));
}

Value MathBuilder::bitAnd(Value x, Value y) {
  return arith::AndIOp::create(b, x, y);
}

Value MathBuilder::bitOr(Value x, Value y) {
  return arith::OrIOp::create(b, x, y);
}
Value MathBuilder::bitXor(Value x, Value y) {
  return arith::XOrIOp::create(b, x, y);
}
Value MathBuilder::isNotZero(Value x) {
  return arith::CmpIOp::create(b, arith::CmpIPredicate::ne, x, integer(0));
}

MathBuilder::Rounded MathBuilder::round(Value x, double scale, int64_t bias) {
  // Adding 1.5 * 2^(mantissa bits) leaves the integer in the low bits of the sum.
  Value magic = constant(1.5 * double(int64_t(1) << mantissaBits()) + double(bias));
  Value sum = scale == 1.0 ? add(x, magic) : fma(x, constant(scale), magic);
  return {sub(sum, magic), bits(sum)};
}

bool MathBuilder::isAvx512() const {
  auto vector = dyn_cast<VectorType>(type);
  return target.avx512 && vector && vector.getNumElements() * vector.getElementTypeBitWidth() == 512;
}

Value MathBuilder::scale(Value x, Value n) {
  auto name = b.getStringAttr(isDouble() ? "llvm.x86.avx512.mask.scalef.pd.512" : "llvm.x86.avx512.mask.scalef.ps.512");
  Type mask = b.getIntegerType(isDouble() ? 8 : 16);
  Value all = arith::ConstantOp::create(b, b.getIntegerAttr(mask, -1));
  Value currentRounding = arith::ConstantOp::create(b, b.getI32IntegerAttr(4));
  return LLVM::CallIntrinsicOp::create(b, type, name, ValueRange{x, n, x, all, currentRounding}).getResult(0);
}

Value MathBuilder::reciprocalEstimate(Value x) {
  Value all = arith::ConstantOp::create(b, b.getI16IntegerAttr(-1));
  auto name = b.getStringAttr("llvm.x86.avx512.rcp14.ps.512");
  return LLVM::CallIntrinsicOp::create(b, type, name, ValueRange{x, x, all}).getResult(0);
}

Value MathBuilder::powerOfTwo(Value bits) {
  return fromBits(shiftLeft(bits, mantissaBits()));
}

} // namespace sinter
