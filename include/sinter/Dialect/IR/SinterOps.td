// All ops of the dialect, by concern.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_DIALECT_IR_SINTEROPS_TD
#define SINTER_DIALECT_IR_SINTEROPS_TD

include "sinter/Dialect/IR/DeclarationOps.td"
include "sinter/Dialect/IR/ElementwiseOps.td"
include "sinter/Dialect/IR/CoreOps.td"
include "sinter/Dialect/IR/CompositeOps.td"
include "sinter/Dialect/IR/LossOps.td"
include "sinter/Dialect/IR/KernelOps.td"

#endif // SINTER_DIALECT_IR_SINTEROPS_TD
