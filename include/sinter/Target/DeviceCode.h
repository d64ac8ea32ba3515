// How do device functions become code for a GPU?
//
// As PTX, NVIDIA's portable assembly, by LLVM's own back end: a driver compiles it for the GPU that it finds. Where
// `ptxas` is on this machine, also as a cubin, which loads at once. No part of the CUDA toolkit is needed.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_TARGET_DEVICECODE_H
#define SINTER_TARGET_DEVICECODE_H

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>

namespace sinter {

/// "sm_90a": its number, 90, and whether the code runs on that architecture alone.
struct DeviceArchitecture {
  std::string name;
  int32_t capability = 0; ///< compute capability times ten
  bool exact = false;     ///< a letter behind the number: on no other GPU, not even a later one
};

/// Fails with a sentence on what is no architecture of an NVIDIA GPU from sm_80 on that this LLVM knows.
llvm::Expected<DeviceArchitecture> parseDeviceArchitecture(llvm::StringRef name);

/// True for sm_90a, which has functions of its own (DeviceKernel.h).
bool isHopper(const DeviceArchitecture &architecture);

/// PTX of a module of the LLVM and NVVM dialects. Fails, with a diagnostic, on a function that is called but not there.
mlir::FailureOr<std::string> makePtx(mlir::gpu::GPUModuleOp module, const DeviceArchitecture &architecture,
                                     unsigned optLevel);

/// Path of `ptxas`, of PATH or of CUDA's usual folder; empty: there is none.
std::string findPtxas();

/// Machine code for exactly this architecture.
llvm::Expected<llvm::SmallVector<char, 0>> makeCubin(llvm::StringRef ptx, const DeviceArchitecture &architecture,
                                                     llvm::StringRef ptxas);

} // namespace sinter

#endif // SINTER_TARGET_DEVICECODE_H
