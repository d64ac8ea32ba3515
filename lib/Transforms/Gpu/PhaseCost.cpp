// How long do launches take apart, and how long as phases of one launch? See PhaseCost.h.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "PhaseCost.h"

#include "DeviceBody.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/NVGPU/IR/NVGPUDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace sinter {

/// Microseconds that a block waits for memory and barriers, whatever it computes.
static constexpr double kLatency = 0.65;
/// By how much blocks that share a multiprocessor slow each other down.
static constexpr double kCrowded = 1.6;
/// Of one multiprocessor: bytes per microsecond that it gets from the second-level cache.
static constexpr double kBytesRate = 40e3;
/// Operations per microsecond: of matrix instructions on small tiles; of everything but products.
static constexpr double kMatrixRate = 1000e3, kPlainRate = 100e3;
/// Multiply-adds of a warp: most per clock in practice; operations per microsecond of one per clock.
static constexpr double kMostMultiplyAdds = 2.5, kMultiplyAddRate = 2 * 32 * 1.75e3;

static bool isShared(Value memref) {
  return gpu::GPUDialect::isWorkgroupMemoryAddressSpace(cast<MemRefType>(memref.getType()).getMemorySpace());
}

/// Shared memory serves a warp once a clock, so products of small tiles wait for it: as many multiply-adds per clock
/// as there are to a load.
static double operationsRate(gpu::GPUFuncOp fn) {
  int64_t multiplyAdds = 0, loads = 0;
  bool hasMatrices = false;
  fn.walk([&](Operation *op) {
    hasMatrices |= isa<NVVM::MmaOp, nvgpu::MmaSyncOp>(op);
    if (!op->getParentOfType<scf::ForOp>())
      return;
    multiplyAdds += isa<math::FmaOp>(op);
    if (auto load = dyn_cast<memref::LoadOp>(op))
      loads += isShared(load.getMemRef());
    if (auto load = dyn_cast<vector::LoadOp>(op))
      loads += isShared(load.getBase());
  });
  if (hasMatrices)
    return kMatrixRate;
  if (multiplyAdds == 0 || loads == 0)
    return kPlainRate;
  return kMultiplyAddRate * std::min(kMostMultiplyAdds, double(multiplyAdds) / loads);
}

DeviceWork::DeviceWork(gpu::GPUFuncOp fn, int64_t batch, double flops, double bytes)
    : blocks(mostBlocks(gridOf(fn), batch)), threads(threadsOf(fn)), sharedBytes(sharedBytesOf(fn)) {
  ofBlock = std::max(flops / operationsRate(fn), bytes / kBytesRate) / std::max<int64_t>(1, blocks);
}

double DeviceWork::microseconds(int64_t multiprocessors, int64_t perMultiprocessor) const {
  int64_t rounds = llvm::divideCeil(blocks, multiprocessors * perMultiprocessor);
  int64_t atOnce = std::min<int64_t>(perMultiprocessor, llvm::divideCeil(blocks, multiprocessors));
  return rounds * (kLatency + (atOnce > 1 ? kCrowded * atOnce : 1) * ofBlock);
}

double DeviceWork::alone() const {
  int64_t room = kResidentThreads / threads;
  if (sharedBytes > 0)
    room = std::min(room, kSharedOfMultiprocessor / sharedBytes);
  return microseconds(kMultiprocessors, std::max<int64_t>(1, room));
}

} // namespace sinter
