// A pipeline first verifies that the module is in the phase before its own.
// RUN: split-file %s %t
// RUN: sinter-opt %t/model.mlir --sinter-to-model --verify-diagnostics -o /dev/null
// RUN: sinter-opt %t/model.mlir --sinter-to-step=batch=8 --verify-diagnostics -o /dev/null
// RUN: sinter-opt %t/kernels.mlir --sinter-to-kernels --verify-diagnostics -o /dev/null
// RUN: sinter-opt %t/tiles.mlir --sinter-to-tiles --verify-diagnostics -o /dev/null
// RUN: sinter-opt %t/buffers.mlir --sinter-to-buffers --verify-diagnostics -o /dev/null
// RUN: sinter-opt %t/llvm.mlir --sinter-to-llvm --verify-diagnostics -o /dev/null

//--- model.mlir
// expected-error @+1 {{'sinter.state' op does not belong into phase `model`}}
sinter.state "w" parameter : tensor<3xf32>

//--- kernels.mlir
// expected-error @+1 {{phase `step` expects the module attribute `sinter.batch`}}
module {
}

//--- tiles.mlir
// expected-error @+1 {{phase `kernels` expects the module attribute `sinter.batch`}}
module {
}

//--- buffers.mlir
// expected-error @+1 {{phase `tiles` expects the module attribute `sinter.batch`}}
module {
}

//--- llvm.mlir
// expected-error @+1 {{phase `buffers` expects the module attribute `sinter.state_bytes`}}
module {
}
