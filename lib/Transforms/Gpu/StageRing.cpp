// Stages of shared memory that go round between those who fill them and those who read them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "StageRing.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;

namespace sinter {

/// An address space of PTX.
static constexpr unsigned kShared = 3;
/// Nanoseconds after which a wait looks again by itself.
static constexpr int64_t kPatience = 10'000'000;

Value toI32(OpBuilder &builder, Location loc, Value index) {
  return arith::IndexCastOp::create(builder, loc, builder.getI32Type(), index);
}

DynamicShared::DynamicShared(OpBuilder &builder, Location loc) : builder(builder), loc(loc), math(builder, loc) {
  auto space = gpu::AddressSpaceAttr::get(builder.getContext(), gpu::AddressSpace::Workgroup);
  bytes = gpu::DynamicSharedMemoryOp::create(
      builder, loc, MemRefType::get({ShapedType::kDynamic}, builder.getI8Type(), MemRefLayoutAttrInterface(), space));
  Value first = memref::ExtractAlignedPointerAsIndexOp::create(builder, loc, bytes);
  Value behind = math.rem(math.add(first, kAlignment - 1), kAlignment);
  start = arith::SubIOp::create(builder, loc, math.constant(kAlignment - 1), behind);
}

Value DynamicShared::address(Value offset) {
  return math.add(math.add(memref::ExtractAlignedPointerAsIndexOp::create(builder, loc, bytes), start), offset);
}

Value DynamicShared::pointer(Value offset) {
  Value number = arith::IndexCastOp::create(builder, loc, builder.getI64Type(), address(offset));
  return LLVM::IntToPtrOp::create(builder, loc, LLVM::LLVMPointerType::get(builder.getContext(), kShared), number);
}

Value DynamicShared::view(Value offset, ArrayRef<int64_t> shape, Type element) {
  auto type =
      MemRefType::get(shape, element, MemRefLayoutAttrInterface(), cast<MemRefType>(bytes.getType()).getMemorySpace());
  return memref::ViewOp::create(builder, loc, type, bytes, math.add(start, offset), ValueRange());
}

static Value constantI32(OpBuilder &builder, Location loc, int64_t value) {
  return arith::ConstantOp::create(builder, loc, builder.getI32IntegerAttr(value));
}

/// The first `stages` barriers are for `full`.
Value StageRing::barrier(Value stage, int64_t first) {
  return shared.pointer(math.add(math.mul(stage, kBarrierBytes), offset + first * kBarrierBytes));
}

Value StageRing::fullBarrier(Value step) {
  return barrier(stage(step), 0);
}

Value StageRing::emptyBarrier(Value step) {
  return barrier(stage(step), stages);
}

Value StageRing::parity(Value step) {
  return toI32(builder, loc, math.rem(math.div(step, stages), 2));
}

void StageRing::wait(Value barrier, Value parity) {
  NVVM::MBarrierTryWaitParityOp::create(builder, loc, barrier, parity, constantI32(builder, loc, kPatience));
}

void StageRing::initialize(int64_t readers) {
  for (int64_t stage = 0; stage < stages; ++stage) {
    Value number = math.constant(stage);
    NVVM::MBarrierInitOp::create(builder, loc, barrier(number, 0), constantI32(builder, loc, 1), Value());
    NVVM::MBarrierInitOp::create(builder, loc, barrier(number, stages), constantI32(builder, loc, readers), Value());
  }
  // The copy engine sees them too.
  NVVM::FenceMbarrierInitOp::create(builder, loc);
}

void StageRing::beginFilling(Value step, int64_t bytes) {
  Value before = arith::XOrIOp::create(builder, loc, parity(step), constantI32(builder, loc, 1));
  wait(emptyBarrier(step), before);
  NVVM::MBarrierArriveExpectTxOp::create(builder, loc, /*res=*/Type(), fullBarrier(step),
                                         constantI32(builder, loc, bytes), NVVM::MemScopeKind::CTA, /*relaxed=*/false,
                                         /*predicate=*/Value());
}

void StageRing::waitUntilFull(Value step) {
  wait(fullBarrier(step), parity(step));
}

void StageRing::signRead(Value step) {
  NVVM::MBarrierArriveOp::create(builder, loc, /*res=*/Type(), emptyBarrier(step), /*count=*/Value());
}

} // namespace sinter
