// Definitions of the reverse-mode rule interface.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "sinter/Interfaces/DifferentiableOpInterface.h"

using namespace mlir;

#include "sinter/Interfaces/DifferentiableOpInterface.cpp.inc"
