// The pass that checks a phase's promises.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_PIPELINES_PASSES_TD
#define SINTER_PIPELINES_PASSES_TD

include "mlir/Pass/PassBase.td"

def VerifyPhasePass : Pass<"sinter-verify-phase", "::mlir::ModuleOp"> {
  let summary = "checks that a module keeps the promises of a phase";
  let description = [{
    Each pipeline begins with it: the module must be what the phase before promises (see `verifyPhase` in Phases.h for the
    table of promises). It changes nothing.

    Example: test/Pipelines/sinter-verify-phase.mlir
  }];
  let options = [Option<"phase", "phase", "std::string", "\"model\"", "model, step, kernels, tiles, buffers or llvm">];
}

#endif // SINTER_PIPELINES_PASSES_TD
