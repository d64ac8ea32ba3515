// Fusion refuses what would be neither in a kernel nor outside of one.
// RUN: sinter-opt %s --sinter-fuse-kernels --split-input-file --verify-diagnostics

func.func @composites_are_lowered_first(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{'sinter.exp' op expected linalg ops, views and constants where kernels are made}}
  %y = sinter.exp %x : tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

// expected-error @+1 {{'func.func' op expected one block, found 2}}
func.func @several_blocks(%x: tensor<4xf32>) -> tensor<4xf32> {
  cf.br ^end
^end:
  return %x : tensor<4xf32>
}

// -----

func.func private @helper(tensor<4xf32>) -> tensor<4xf32>

func.func @calls_are_inlined_first(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{'func.call' op expected linalg ops, views and constants}}
  %y = call @helper(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

func.func @fused_already(%x: tensor<4xf32>, %e: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{'sinter.kernel' op expected linalg ops, views and constants}}
  %y = sinter.kernel "copy" ins(%x : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32> {
  ^bb0(%a: tensor<4xf32>, %o: tensor<4xf32>):
    sinter.yield %a : tensor<4xf32>
  }
  return %y : tensor<4xf32>
}
