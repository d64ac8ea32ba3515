// How does an op say what its derivative is? The C++ side of DifferentiableOpInterface.td.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_INTERFACES_DIFFERENTIABLEOPINTERFACE_H
#define SINTER_INTERFACES_DIFFERENTIABLEOPINTERFACE_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/OpDefinition.h"

#include "sinter/Interfaces/DifferentiableOpInterface.h.inc"

#endif // SINTER_INTERFACES_DIFFERENTIABLEOPINTERFACE_H
