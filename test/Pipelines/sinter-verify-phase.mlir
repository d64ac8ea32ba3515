// What each phase promises, one module that breaks each promise, and one that keeps them.
// RUN: split-file %s %t
// RUN: sinter-opt %t/model.mlir --sinter-verify-phase=phase=model --split-input-file --verify-diagnostics
// RUN: sinter-opt %t/step.mlir --sinter-verify-phase=phase=step --split-input-file --verify-diagnostics
// RUN: sinter-opt %t/kernels.mlir --sinter-verify-phase=phase=kernels --split-input-file --verify-diagnostics
// RUN: sinter-opt %t/tiles.mlir --sinter-verify-phase=phase=tiles --split-input-file --verify-diagnostics
// RUN: sinter-opt %t/buffers.mlir --sinter-verify-phase=phase=buffers --split-input-file --verify-diagnostics
// RUN: sinter-opt %t/llvm.mlir --sinter-verify-phase=phase=llvm --split-input-file --verify-diagnostics
// RUN: sinter-opt %t/object.mlir --sinter-verify-phase=phase=object --verify-diagnostics
// RUN: sinter-opt %t/unknown.mlir --sinter-verify-phase=phase=tile --verify-diagnostics

//--- model.mlir
sinter.parameter @w : tensor<3xf32> = zeros
func.func @functions_of_the_user(%x: tensor<3xf32>) -> tensor<3xf32> {
  return %x : tensor<3xf32>
}

// -----

// expected-error @+1 {{'sinter.state' op does not belong into phase `model`: it appears when a training step is built}}
sinter.state "w" parameter : tensor<3xf32>

// -----

func.func @f(%x: tensor<3xf32>) -> tensor<3xf32> {
  // expected-error @+1 {{'sinter.kernel' op does not belong into phase `model`}}
  %0 = sinter.kernel "k" outs(%x : tensor<3xf32>) -> tensor<3xf32> {
  ^bb0(%o: tensor<3xf32>):
    sinter.yield %o : tensor<3xf32>
  }
  return %0 : tensor<3xf32>
}

//--- step.mlir
module attributes {sinter.batch = 4 : i64} {
  func.func @predict(%x: tensor<?x3xf32> {sinter.role = "input"}) -> (tensor<?x3xf32> {sinter.role = "output"}) {
    %0 = sinter.relu %x : tensor<?x3xf32>
    return %0 : tensor<?x3xf32>
  }
  // Only step functions are looked at.
  func.func private @helper(%x: tensor<3xf32>) -> tensor<3xf32> {
    %0 = arith.addf %x, %x : tensor<3xf32>
    return %0 : tensor<3xf32>
  }
}

// -----

// expected-error @+1 {{phase `step` expects the module attribute `sinter.batch`, a positive integer}}
module {
  func.func @predict(%x: tensor<3xf32> {sinter.role = "input"}) -> (tensor<3xf32> {sinter.role = "output"}) {
    return %x : tensor<3xf32>
  }
}

// -----

// expected-error @+1 {{phase `step` expects the module attribute `sinter.batch`, a positive integer}}
module attributes {sinter.batch = 0 : i64} {
}

// -----

// expected-error @+1 {{phase `step` expects step functions (init, train_step, eval_step, predict), found none}}
module attributes {sinter.batch = 4 : i64} {
  // A step function is known by the roles of its arguments and results.
  func.func @predict(%x: tensor<3xf32>) -> tensor<3xf32> {
    return %x : tensor<3xf32>
  }
}

// -----

module attributes {sinter.batch = 4 : i64} {
  // expected-error @+1 {{argument 1 of a step function has no `sinter.role`}}
  func.func @predict(%x: tensor<3xf32> {sinter.role = "input"}, %z: tensor<3xf32>) -> (tensor<3xf32> {sinter.role = "output"}) {
    return %x : tensor<3xf32>
  }
}

// -----

module attributes {sinter.batch = 4 : i64} {
  // expected-error @+1 {{argument 0 of a step function expected elements of f32, f64 or an integer type, found 'tensor<3xbf16>'}}
  func.func @predict(%x: tensor<3xbf16> {sinter.role = "input"}) -> (tensor<3xf32> {sinter.role = "output"}) {
    %y = sinter.convert %x : tensor<3xbf16> to tensor<3xf32>
    return %y : tensor<3xf32>
  }
}

// -----

module attributes {sinter.batch = 4 : i64} {
  // expected-error @+1 {{result 0 of a step function has no `sinter.role`}}
  func.func @predict(%x: tensor<3xf32> {sinter.role = "input"}) -> tensor<3xf32> {
    return %x : tensor<3xf32>
  }
}

// -----

module attributes {sinter.batch = 4 : i64} {
  // expected-error @+1 {{a step function has one block, found 2}}
  func.func @predict(%x: tensor<3xf32> {sinter.role = "input"}) -> (tensor<3xf32> {sinter.role = "output"}) {
    cf.br ^end
  ^end:
    return %x : tensor<3xf32>
  }
}

// -----

module attributes {sinter.batch = 4 : i64} {
  func.func private @f(%x: tensor<3xf32>) -> tensor<f32> {
    %0 = sinter.reduce sum %x dims = [0] : tensor<3xf32> -> tensor<f32>
    return %0 : tensor<f32>
  }
  func.func @predict(%x: tensor<3xf32> {sinter.role = "input"}) -> (tensor<3xf32> {sinter.role = "output"}) {
    // expected-error @+1 {{'sinter.value_and_grad' op does not belong into phase `step`: step functions have explicit state and no gradients left to expand}}
    %0, %1 = sinter.value_and_grad @f(%x) wrt [0] : (tensor<3xf32>) -> (tensor<f32>, tensor<3xf32>)
    return %1 : tensor<3xf32>
  }
}

// -----

module attributes {sinter.batch = 4 : i64} {
  sinter.parameter @w : tensor<3xf32> = zeros
  func.func @predict() -> (tensor<3xf32> {sinter.role = "output"}) {
    // expected-error @+1 {{'sinter.get' op does not belong into phase `step`: step functions have explicit state}}
    %0 = sinter.get @w : tensor<3xf32>
    return %0 : tensor<3xf32>
  }
}

// -----

module attributes {sinter.batch = 4 : i64} {
  func.func @predict(%x: tensor<3xf32> {sinter.role = "input"}) -> (tensor<3xf32> {sinter.role = "output"}) {
    // expected-error @+1 {{'arith.addf' op does not belong into phase `step`: step functions are made of sinter ops}}
    %0 = arith.addf %x, %x : tensor<3xf32>
    return %0 : tensor<3xf32>
  }
}

//--- kernels.mlir
module attributes {sinter.batch = 4 : i64} {
  func.func @predict(%x: tensor<?x3xf32> {sinter.role = "input"}) -> (tensor<?x1x3xf32> {sinter.role = "output"}) {
    %c0 = arith.constant 0 : index
    %n = tensor.dim %x, %c0 : tensor<?x3xf32>
    %e = tensor.empty(%n) : tensor<?x3xf32>
    %0 = sinter.kernel "k" schedule #sinter.schedule<map, tile = [16, 2], vector = 4, parallel = true>
        ins(%x : tensor<?x3xf32>) outs(%e : tensor<?x3xf32>) -> tensor<?x3xf32> {
    ^bb0(%a: tensor<?x3xf32>, %o: tensor<?x3xf32>):
      sinter.yield %a : tensor<?x3xf32>
    }
    %1 = sinter.reshape %0 : tensor<?x3xf32> -> tensor<?x1x3xf32>
    return %1 : tensor<?x1x3xf32>
  }
}

// -----

module attributes {sinter.batch = 4 : i64} {
  func.func @predict(%x: tensor<3xf32> {sinter.role = "input"}) -> (tensor<3xf32> {sinter.role = "output"}) {
    // expected-error @+1 {{'sinter.exp' op does not belong into phase `kernels`: expected kernels, reshapes and constants}}
    %0 = sinter.exp %x : tensor<3xf32>
    return %0 : tensor<3xf32>
  }
}

// -----

module attributes {sinter.batch = 4 : i64} {
  func.func @predict(%x: tensor<3xf32> {sinter.role = "input"}) -> (tensor<3xf32> {sinter.role = "output"}) {
    // expected-error @+1 {{'sinter.kernel' op has no schedule}}
    %0 = sinter.kernel "k" outs(%x : tensor<3xf32>) -> tensor<3xf32> {
    ^bb0(%o: tensor<3xf32>):
      sinter.yield %o : tensor<3xf32>
    }
    return %0 : tensor<3xf32>
  }
}

//--- tiles.mlir
module attributes {sinter.batch = 4 : i64} {
  func.func private @k(%o: memref<3xf32>, %rows: index, %lo: index, %hi: index) {
    return
  }
  func.func @predict(%x: tensor<3xf32> {sinter.role = "input"}) -> (tensor<3xf32> {sinter.role = "output"}) {
    %0 = sinter.launch @k items affine_map<(d0) -> (1)> outs(%x : tensor<3xf32>) -> tensor<3xf32>
    return %0 : tensor<3xf32>
  }
}

// -----

module attributes {sinter.batch = 4 : i64} {
  func.func @predict(%x: tensor<3xf32> {sinter.role = "input"}) -> (tensor<3xf32> {sinter.role = "output"}) {
    // expected-error @+1 {{'sinter.kernel' op does not belong into phase `tiles`: expected launches, reshapes and constants}}
    %0 = sinter.kernel "k" outs(%x : tensor<3xf32>) -> tensor<3xf32> {
    ^bb0(%o: tensor<3xf32>):
      sinter.yield %o : tensor<3xf32>
    }
    return %0 : tensor<3xf32>
  }
}

// -----

module attributes {sinter.batch = 4 : i64} {
  func.func private @k(%o: memref<3xf32>, %rows: index, %lo: index, %hi: index)
  func.func @predict(%x: tensor<3xf32> {sinter.role = "input"}) -> (tensor<3xf32> {sinter.role = "output"}) {
    // expected-error @+1 {{'sinter.launch' op launches @k, which is not a func.func with a body}}
    %0 = sinter.launch @k items affine_map<(d0) -> (1)> outs(%x : tensor<3xf32>) -> tensor<3xf32>
    return %0 : tensor<3xf32>
  }
}

// -----

// A launch of a function that is no kernel function.
module attributes {sinter.batch = 4 : i64} {
  llvm.func @k(!llvm.ptr, i64, i64, i64)
  func.func @predict(%x: tensor<3xf32> {sinter.role = "input"}) -> (tensor<3xf32> {sinter.role = "output"}) {
    // expected-error @+1 {{'sinter.launch' op launches @k, which is not a func.func with a body}}
    %0 = sinter.launch @k items affine_map<(d0) -> (1)> outs(%x : tensor<3xf32>) -> tensor<3xf32>
    return %0 : tensor<3xf32>
  }
}

//--- buffers.mlir
module attributes {sinter.batch = 4 : i64, sinter.state_bytes = 64 : i64, sinter.scratch_bytes = 0 : i64} {
  func.func private @k(%o: memref<3xf32>, %rows: index, %lo: index, %hi: index)
  func.func @init(%s: memref<64xi8> {sinter.role = "state"}, %rows: index {sinter.role = "rows"}) {
    %c0 = arith.constant 0 : index
    %w = memref.view %s[%c0][] : memref<64xi8> to memref<3xf32>
    sinter.launch @k items affine_map<(d0) -> (1)> rows(%rows) outs(%w : memref<3xf32>)
    return
  }
}

// -----

// expected-error @+1 {{phase `buffers` expects the module attribute `sinter.state_bytes`}}
module attributes {sinter.batch = 4 : i64, sinter.scratch_bytes = 0 : i64} {
}

// -----

// expected-error @+1 {{phase `buffers` expects the module attribute `sinter.scratch_bytes`}}
module attributes {sinter.batch = 4 : i64, sinter.state_bytes = 64 : i64} {
}

// -----

module attributes {sinter.batch = 4 : i64, sinter.state_bytes = 64 : i64, sinter.scratch_bytes = 0 : i64} {
  func.func @predict(%x: tensor<3xf32> {sinter.role = "input"}) -> (tensor<3xf32> {sinter.role = "output"}) {
    // expected-error @+1 {{'tensor.empty' op does not belong into phase `buffers`: expected launches and copies on views of the two blocks}}
    %0 = tensor.empty() : tensor<3xf32>
    return %x : tensor<3xf32>
  }
}

// -----

module attributes {sinter.batch = 4 : i64, sinter.state_bytes = 64 : i64, sinter.scratch_bytes = 0 : i64} {
  func.func private @k(%o: memref<3xf32>, %rows: index, %lo: index, %hi: index)
  func.func @predict(%x: tensor<3xf32> {sinter.role = "input"}) -> (tensor<3xf32> {sinter.role = "output"}) {
    // expected-error @+1 {{'sinter.launch' op does not belong into phase `buffers`: it is still on tensors}}
    %0 = sinter.launch @k items affine_map<(d0) -> (1)> outs(%x : tensor<3xf32>) -> tensor<3xf32>
    return %0 : tensor<3xf32>
  }
}

//--- llvm.mlir
llvm.func @artifact() -> i32 {
  %0 = llvm.mlir.constant(0 : i32) : i32
  llvm.return %0 : i32
}

// -----

// expected-error @+1 {{'func.func' op does not belong into phase `llvm`: only the LLVM dialect is left there}}
func.func private @f()

// -----

llvm.func @f(%a: i32) -> i32 {
  // expected-error @+1 {{'arith.addi' op does not belong into phase `llvm`}}
  %0 = arith.addi %a, %a : i32
  llvm.return %0 : i32
}

//--- object.mlir
// expected-error @+1 {{phase `object` is machine code, no form of a module}}
module {
}

//--- unknown.mlir
// expected-error @+1 {{unknown phase 'tile', expected model, step, kernels, tiles, buffers or llvm}}
module {
}
