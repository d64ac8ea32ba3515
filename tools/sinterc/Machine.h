// What can the machine that compiles do at best? Measured, for the roofline of a report.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_TOOLS_SINTERC_MACHINE_H
#define SINTER_TOOLS_SINTERC_MACHINE_H

#include "sinter/Report/Report.h"
#include "llvm/Support/Error.h"

namespace sinterc {

/// Peak rates of arithmetic, f32 and f64, and of main memory, of one core and of all CPUs that this process may use.
/// Takes some seconds; results differ from run to run.
llvm::Expected<std::vector<sinter::Ceiling>> measureMachine();

} // namespace sinterc

#endif // SINTER_TOOLS_SINTERC_MACHINE_H
