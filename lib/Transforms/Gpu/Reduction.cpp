// Combining what the threads of a block have accumulated.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Reduction.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "sinter/Transforms/Memory/Layout.h"

using namespace mlir;

namespace sinter {
namespace {

/// Exchanges values of any type in words of 32 bits, which are all that the instruction knows.
class Shuffle {
public:
  Shuffle(OpBuilder &builder, Location loc, int64_t distance)
      : builder(builder), loc(loc), distance(distance), word(builder.getI32Type()) {}

  Value exchange(Value value) {
    Type type = value.getType();
    unsigned bits = type.getIntOrFloatBitWidth();
    if (isa<FloatType>(type)) {
      Value raw = arith::BitcastOp::create(builder, loc, builder.getIntegerType(bits), value);
      return arith::BitcastOp::create(builder, loc, type, exchange(raw));
    }
    if (bits == 64)
      return exchangeHalves(value);
    if (bits == 32)
      return exchangeWord(value);
    Value wide = arith::ExtUIOp::create(builder, loc, word, value);
    return arith::TruncIOp::create(builder, loc, type, exchangeWord(wide));
  }

private:
  Value exchangeWord(Value value) {
    return gpu::ShuffleOp::create(builder, loc, value, static_cast<int32_t>(distance), kWarp, gpu::ShuffleMode::XOR)
        .getShuffleResult();
  }

  Value exchangeHalves(Value value) {
    Type type = value.getType();
    Value half = arith::ConstantIntOp::create(builder, loc, 32, 64);
    Value high = arith::TruncIOp::create(builder, loc, word, arith::ShRUIOp::create(builder, loc, value, half));
    Value low = arith::TruncIOp::create(builder, loc, word, value);
    high = arith::ExtUIOp::create(builder, loc, type, exchangeWord(high));
    low = arith::ExtUIOp::create(builder, loc, type, exchangeWord(low));
    return arith::OrIOp::create(builder, loc, arith::ShLIOp::create(builder, loc, high, half), low);
  }

  OpBuilder &builder;
  Location loc;
  int64_t distance;
  Type word;
};

} // namespace

Type storedType(Type element) {
  return element.isInteger(1) ? IntegerType::get(element.getContext(), 8) : element;
}

Value combineInWarp(DeviceFunction &function, const Accumulator &accumulator, Value value, int64_t group) {
  for (int64_t distance = group / 2; distance > 0; distance /= 2) {
    Value other = Shuffle(function.builder, function.loc, distance).exchange(value);
    value = accumulator.combine(function.builder, function.loc, value, other);
  }
  return value;
}

/// Each value becomes the combination of its first `count` parts, which lie in its slot, in their order.
static void combineParts(DeviceFunction &function, ArrayRef<Accumulator> accumulators, MutableArrayRef<Value> values,
                         ArrayRef<Value> slots, int64_t count) {
  OpBuilder &builder = function.builder;
  IndexMath math(builder, function.loc);
  for (auto [accumulator, value, slot] : llvm::zip_equal(accumulators, values, slots)) {
    SmallVector<Value> parts;
    for (int64_t part = 0; part < count; ++part)
      parts.push_back(loadElements(builder, function.loc, slot, math.constant(part), 1, accumulator.type));
    value = accumulator.combineAll(builder, function.loc, parts);
  }
}

void combineInBlock(DeviceFunction &function, ArrayRef<Accumulator> accumulators, MutableArrayRef<Value> values) {
  if (accumulators.empty())
    return;
  OpBuilder &builder = function.builder;
  Location loc = function.loc;
  IndexMath math(builder, loc);
  int64_t warps = function.threads / kWarp;
  Value thread = function.threadId(), isFirst = math.less(math.rem(thread, kWarp), math.constant(1));
  SmallVector<Value> slots;
  for (auto [accumulator, value] : llvm::zip_equal(accumulators, values)) {
    value = combineInWarp(function, accumulator, value, kWarp);
    slots.push_back(function.shared({warps}, storedType(accumulator.type)));
  }
  emitIf(builder, loc, isFirst, [&] {
    for (auto [value, slot] : llvm::zip_equal(values, slots))
      storeElements(builder, loc, value, slot, math.div(thread, kWarp));
  });
  function.barrier();
  combineParts(function, accumulators, values, slots, warps);
}

/// Stores `value` as element `index` of `slot`, not the own one but that of block `block` of the cluster.
static void storeInBlock(DeviceFunction &function, Value value, Value slot, Value index, Value block) {
  OpBuilder &builder = function.builder;
  Location loc = function.loc;
  IndexMath math(builder, loc);
  Type element = cast<MemRefType>(slot.getType()).getElementType();
  auto pointer = [&](NVVM::NVVMMemorySpace space) {
    return LLVM::LLVMPointerType::get(builder.getContext(), static_cast<unsigned>(space));
  };
  Value address = memref::ExtractAlignedPointerAsIndexOp::create(builder, loc, slot);
  address = math.add(address, math.mul(index, elementBytes(element)));
  address = arith::IndexCastOp::create(builder, loc, builder.getI64Type(), address);
  Value own = LLVM::IntToPtrOp::create(builder, loc, pointer(NVVM::NVVMMemorySpace::Shared), address);
  Value number = arith::IndexCastOp::create(builder, loc, builder.getI32Type(), block);
  Value other = NVVM::MapaOp::create(builder, loc, pointer(NVVM::NVVMMemorySpace::SharedCluster), own, number);
  if (value.getType() != element) // predicates lie in bytes
    value = arith::ExtUIOp::create(builder, loc, element, value);
  LLVM::StoreOp::create(builder, loc, value, other);
}

void combineInCluster(DeviceFunction &function, ArrayRef<Accumulator> accumulators, MutableArrayRef<Value> values,
                      int64_t blocks, Value rank) {
  if (accumulators.empty())
    return;
  OpBuilder &builder = function.builder;
  Location loc = function.loc;
  IndexMath math(builder, loc);
  Value thread = function.threadId();
  SmallVector<Value> slots;
  for (const Accumulator &accumulator : accumulators)
    slots.push_back(function.shared({blocks}, storedType(accumulator.type)));
  emitIf(builder, loc, math.less(thread, math.constant(blocks)), [&] {
    for (auto [value, slot] : llvm::zip_equal(values, slots))
      storeInBlock(function, value, slot, rank, /*block=*/thread);
  });
  function.arriveAtCluster();
  function.waitForCluster();
  combineParts(function, accumulators, values, slots, blocks);
}

} // namespace sinter
