// Products of small matrices by the instruction `mma.sync`.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "TensorCores.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/NVGPU/IR/NVGPUDialect.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "sinter/Transforms/Memory/Layout.h"

using namespace mlir;

namespace sinter {

/// Rows of the matrices that `ldmatrix` loads, and how many it loads at once.
static constexpr int64_t kMatrixRows = 8, kMatrices = 4;

SmallVector<Value> TensorCores::load(const SharedTile &tile, bool alongK, Operand operand, Value stage, Value at,
                                     Value k) {
  // Of matrix number i, bit 0 and bit 1 say which eight of `at` and which chunk of k it has, in the operand's order.
  unsigned atBit = operand == Operand::Left ? 0 : 1, kBit = 1 - atBit;
  auto bitOfMatrix = [&](unsigned bit) { return math.rem(math.div(lane, kMatrixRows << bit), 2); };
  Value row = math.rem(lane, kMatrixRows);
  if (alongK)
    return loadMatrices(tile, stage, math.add(math.add(at, row), math.mul(bitOfMatrix(atBit), kMatrixRows)),
                        math.add(k, math.mul(bitOfMatrix(kBit), tile.chunk())), /*transposes=*/false);
  if (isHalf(element))
    return loadMatrices(tile, stage, math.add(math.add(k, row), math.mul(bitOfMatrix(kBit), kMatrixRows)),
                        math.add(at, math.mul(bitOfMatrix(atBit), kMatrixRows)), /*transposes=*/true);
  SmallVector<Value> registers;
  Value first = math.add(at, math.div(lane, tile.chunk())), inChunk = math.add(k, math.rem(lane, tile.chunk()));
  for (int64_t matrix = 0; matrix < kMatrices; ++matrix) {
    int64_t atHalf = matrix >> atBit & 1, kHalf = matrix >> kBit & 1;
    auto indices = tile.indices(stage, math.add(inChunk, kHalf * tile.chunk()), math.add(first, atHalf * kMatrixRows));
    registers.push_back(roundToTf32(memref::LoadOp::create(builder, loc, tile.buffer, indices)));
  }
  return registers;
}

SmallVector<Value> TensorCores::loadMatrices(const SharedTile &tile, Value stage, Value row, Value column,
                                             bool transposes) {
  // A lane gets 32 bits of each matrix.
  int64_t perRegister = 4 / elementBytes(element);
  Value matrices = nvgpu::LdMatrixOp::create(builder, loc, VectorType::get({kMatrices, perRegister}, element),
                                             tile.buffer, tile.indices(stage, row, column), transposes, kMatrices);
  SmallVector<Value> registers;
  for (int64_t matrix = 0; matrix < kMatrices; ++matrix) {
    if (isHalf(element)) {
      Value pair = vector::ExtractOp::create(builder, loc, matrices, matrix);
      // The instruction takes pairs of f16 as they are.
      registers.push_back(element.isF16() ? pair
                                          : Value(LLVM::BitcastOp::create(builder, loc, builder.getI32Type(), pair)));
    } else {
      Value number = vector::ExtractOp::create(builder, loc, matrices, ArrayRef<int64_t>{matrix, 0});
      registers.push_back(roundToTf32(number));
    }
  }
  return registers;
}

Value TensorCores::roundToTf32(Value number) {
  return NVVM::ConvertFloatToTF32Op::create(builder, loc, builder.getI32Type(), number, NVVM::FPRoundingMode::RNA);
}

void TensorCores::multiply(ArrayRef<Value> left, ArrayRef<Value> right, MutableArrayRef<Value> sums) {
  NVVM::MMATypes type = element.isF16()    ? NVVM::MMATypes::f16
                        : element.isBF16() ? NVVM::MMATypes::bf16
                                           : NVVM::MMATypes::tf32;
  int64_t depth = kChunks * kAccessBytes / elementBytes(element);
  auto resultType =
      LLVM::LLVMStructType::getLiteral(builder.getContext(), SmallVector<Type>(kSums, builder.getF32Type()));
  Value result = NVVM::MmaOp::create(builder, loc, resultType, left, right, ValueRange(sums),
                                     ArrayRef<int64_t>{kRows, kColumns, depth}, std::nullopt, std::nullopt,
                                     std::array{type, type}, std::array{NVVM::MMALayout::row, NVVM::MMALayout::col});
  for (int64_t i = 0; i < kSums; ++i)
    sums[i] = LLVM::ExtractValueOp::create(builder, loc, result, i);
}

Value TensorCores::sumRow(int64_t number) {
  return math.add(math.div(lane, kSums), number / 2 * kMatrixRows);
}

Value TensorCores::sumColumn(int64_t number) {
  return math.add(math.mul(math.rem(lane, kSums), 2), number % 2);
}

} // namespace sinter
