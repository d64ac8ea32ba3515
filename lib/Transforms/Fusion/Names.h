// What is a kernel called?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_LIB_TRANSFORMS_FUSION_NAMES_H
#define SINTER_LIB_TRANSFORMS_FUSION_NAMES_H

#include "Order.h"

namespace sinter {

struct KernelLabel {
  std::string name;
  /// The sinter ops whose arithmetic is in the kernel, each once.
  llvm::SmallVector<llvm::StringRef> sources;
  /// Among the kernels of this name in the function, from 0: with it the name is unique, as in files of schedules.
  unsigned number = 0;

  std::string unique() const { return name + "#" + std::to_string(number); }
};

/// `rule` is the optimizer's name, for kernels that change state.
KernelLabel labelOf(const Graph &graph, const KernelPlan &plan, const Order &order, llvm::StringRef rule);

} // namespace sinter

#endif // SINTER_LIB_TRANSFORMS_FUSION_NAMES_H
