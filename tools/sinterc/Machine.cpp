// What can the machine that compiles do at best?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Machine.h"

#include "sinter-rt/ceilings.h"
#include "llvm/Support/FormatVariadic.h"

using namespace sinter;

namespace sinterc {

static llvm::Error measure(sinter_pool *pool, std::vector<Ceiling> &ceilings) {
  int threads = sinter_pool_threads(pool);
  std::string who = threads == 1 ? "one core" : llvm::formatv("{0} cores", threads).str();
  sinter_ceilings measured;
  for (auto [type, name] : {std::pair(SINTER_F32, "f32"), std::pair(SINTER_F64, "f64")}) {
    if (sinter_ceilings_measure(pool, type, &measured) != SINTER_OK)
      return llvm::createStringError("--report-machine: %s", sinter_last_error());
    std::string what =
        llvm::formatv("multiply-adds of {0} with {1}, {2}, measured", name, measured.instructions, who).str();
    ceilings.push_back({Ceiling::Compute, what, measured.flops * 1e-9, threads, true});
  }
  ceilings.push_back({Ceiling::Bandwidth, "main memory, " + who + ", measured", measured.bytes * 1e-9, threads, true});
  return llvm::Error::success();
}

llvm::Expected<std::vector<Ceiling>> measureMachine() {
  std::vector<Ceiling> ceilings;
  if (llvm::Error error = measure(nullptr, ceilings))
    return std::move(error);
  if (sinter_cpu_count() == 1)
    return ceilings;
  sinter_pool *pool = nullptr;
  if (sinter_pool_create(0, &pool) != SINTER_OK)
    return llvm::createStringError("--report-machine: %s", sinter_last_error());
  llvm::Error error = measure(pool, ceilings);
  sinter_pool_destroy(pool);
  if (error)
    return std::move(error);
  return ceilings;
}

} // namespace sinterc
