// The constraints of the elementwise, composite, loss and kernel ops, one violation each.
// RUN: sinter-opt %s -split-input-file -verify-diagnostics

func.func @map_c1(%a: tensor<4xf32>, %b: tensor<5xf32>) {
  // expected-error@+1 {{inputs and results differ in shape: 'tensor<4xf32>' and 'tensor<5xf32>'}}
  %0 = sinter.map ins(%a, %b : tensor<4xf32>, tensor<5xf32>) -> tensor<4xf32> {
  ^bb0(%x: f32, %y: f32):
    sinter.yield %x : f32
  }
  return
}

// -----

func.func @map_c2(%a: tensor<4xf32>) {
  // expected-error@+1 {{block arguments ('f64') are not the inputs' element types}}
  %0 = sinter.map ins(%a : tensor<4xf32>) -> tensor<4xf64> {
  ^bb0(%x: f64):
    sinter.yield %x : f64
  }
  return
}

// -----

func.func @map_c3(%a: tensor<4xf32>) {
  %0 = sinter.map ins(%a : tensor<4xf32>) -> tensor<4xf32> {
  ^bb0(%x: f32):
    // expected-error@+1 {{is not allowed in a sinter.map: its region holds arith and math ops only}}
    %i = tensor.empty() : tensor<4xf32>
    sinter.yield %x : f32
  }
  return
}

// -----

func.func @add(%a: tensor<4xf32>, %b: tensor<5xf32>) {
  // expected-note@-1 {{prior use here}}
  // expected-error@+1 {{use of value '%b' expects different type than prior uses: 'tensor<4xf32>' vs 'tensor<5xf32>'}}
  %0 = sinter.add %a, %b : tensor<4xf32>
  return
}

// -----

func.func @integer_tanh(%a: tensor<4xi32>) {
  // expected-error@+1 {{must be ranked tensor of 32-bit float or 64-bit float values}}
  %0 = sinter.tanh %a : tensor<4xi32>
  return
}

// -----

func.func @softplus(%a: tensor<4xf32>) {
  // expected-error@+1 {{beta must be positive, found 0.000000e+00}}
  %0 = sinter.softplus %a beta = 0.0 : tensor<4xf32>
  return
}

// -----

func.func @dropout_c1(%a: tensor<4xf32>) {
  // expected-error@+1 {{rate must be in [0, 1), found 1.000000e+00}}
  %0 = sinter.dropout %a rate = 1.0 : tensor<4xf32>
  return
}

// -----

func.func @linear_c1(%x: tensor<?x4xf32>, %w: tensor<3x5xf32>) {
  // expected-error@+2 {{the input's last extent and the weight's second differ: input 'tensor<?x4xf32>', weight 'tensor<3x5xf32>'}}
  // expected-error@+1 {{failed to infer returned types}}
  %0 = sinter.linear %x, %w : (tensor<?x4xf32>, tensor<3x5xf32>) -> tensor<?x3xf32>
  return
}

// -----

func.func @linear_c2(%x: tensor<?x4xf32>, %w: tensor<3x4xf32>, %b: tensor<4xf32>) {
  // expected-error@+2 {{expected a bias of type 'tensor<3xf32>', found 'tensor<4xf32>'}}
  // expected-error@+1 {{failed to infer returned types}}
  %0 = sinter.linear %x, %w, %b : (tensor<?x4xf32>, tensor<3x4xf32>, tensor<4xf32>) -> tensor<?x3xf32>
  return
}

// -----

func.func @linear_c3(%x: tensor<?x4xf32>, %w: tensor<3x4xf64>) {
  // expected-error@+2 {{element types differ: input 'tensor<?x4xf32>', weight 'tensor<3x4xf64>'}}
  // expected-error@+1 {{failed to infer returned types}}
  %0 = sinter.linear %x, %w : (tensor<?x4xf32>, tensor<3x4xf64>) -> tensor<?x3xf32>
  return
}

// -----

func.func @softmax(%x: tensor<?x4xf32>) {
  // expected-error@+1 {{dim 2 is not a static dimension of 'tensor<?x4xf32>'}}
  %0 = sinter.softmax %x dim = 2 : tensor<?x4xf32>
  return
}

// -----

func.func @layer_norm_c1(%x: tensor<?x4xf32>, %g: tensor<5xf32>) {
  // expected-error@+1 {{expected a scale with the last extent of 'tensor<?x4xf32>', found 'tensor<5xf32>'}}
  %0 = sinter.layer_norm %x, %g, %g : tensor<?x4xf32>, tensor<5xf32>
  return
}

// -----

func.func @rms_norm_c2(%x: tensor<?x4xf32>, %g: tensor<4xf32>) {
  // expected-error@+1 {{epsilon must be positive}}
  %0 = sinter.rms_norm %x, %g epsilon = -1.0 : tensor<?x4xf32>, tensor<4xf32>
  return
}

// -----

func.func @mse(%y: tensor<?x4xf32>, %t: tensor<?x5xf32>) {
  // expected-error@+2 {{output and target differ: 'tensor<?x4xf32>' and 'tensor<?x5xf32>'}}
  // expected-error@+1 {{failed to infer returned types}}
  %0 = sinter.mse_loss %y, %t : (tensor<?x4xf32>, tensor<?x5xf32>) -> tensor<f32>
  return
}

// -----

func.func @huber(%y: tensor<?x4xf32>) {
  // expected-error@+2 {{delta must be positive, found 0.000000e+00}}
  // expected-error@+1 {{failed to infer returned types}}
  %0 = sinter.huber_loss %y, %y delta = 0.0 : (tensor<?x4xf32>, tensor<?x4xf32>) -> tensor<f32>
  return
}

// -----

func.func @cross_entropy_c1(%y: tensor<4xf32>, %t: tensor<i32>) {
  // expected-error@+2 {{expected an output of shape [rows, classes], found 'tensor<4xf32>'}}
  // expected-error@+1 {{failed to infer returned types}}
  %0 = sinter.cross_entropy %y, %t : (tensor<4xf32>, tensor<i32>) -> tensor<f32>
  return
}

// -----

func.func @cross_entropy_c2(%y: tensor<?x4xf32>, %t: tensor<?xf32>) {
  // expected-error@+2 {{expected class indices (i32 or i64, one per row) or probabilities of type 'tensor<?x4xf32>' as the target, found 'tensor<?xf32>'}}
  // expected-error@+1 {{failed to infer returned types}}
  %0 = sinter.cross_entropy %y, %t : (tensor<?x4xf32>, tensor<?xf32>) -> tensor<f32>
  return
}

// -----

func.func @cross_entropy_c3(%y: tensor<?x4xf32>, %t: tensor<?xi32>) {
  // expected-error@+2 {{label_smoothing must be in [0, 1], found 2.000000e+00}}
  // expected-error@+1 {{failed to infer returned types}}
  %0 = sinter.cross_entropy %y, %t label_smoothing = 2.0 : (tensor<?x4xf32>, tensor<?xi32>) -> tensor<f32>
  return
}

// -----

func.func @kernel_c1(%x: tensor<4xf32>, %e: tensor<4xf32>) {
  // expected-error@+1 {{block arguments ('tensor<4xf32>') are not the operands' types ('tensor<4xf32>', 'tensor<4xf32>')}}
  %0 = sinter.kernel "k" ins(%x : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32> {
  ^bb0(%a: tensor<4xf32>):
    sinter.yield %a : tensor<4xf32>
  }
  return
}

// -----

func.func @launch_c1(%x: tensor<4xf32>) {
  // expected-error@+1 {{names @missing, expected a function of the module with 5 arguments}}
  %0 = sinter.launch @missing items affine_map<(d0) -> (1)> ins(%x : tensor<4xf32>) outs(%x : tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func private @k(memref<4xf32>, memref<4xf32>, index, index, index)
func.func @launch_c2(%x: memref<4xf32>) {
  // expected-error@+1 {{must be on tensors, with one result per outs, or on memrefs, with rows and without results}}
  sinter.launch @k items affine_map<(d0) -> (1)> ins(%x : memref<4xf32>) outs(%x : memref<4xf32>)
  return
}

// -----

func.func private @k(memref<4xf32>, memref<4xf32>, index, index, index)
func.func @launch_c3_first(%x: tensor<4xf32>) {
  // expected-error@+1 {{is `together` with the launch before it, and there is none}}
  %0 = sinter.launch @k items affine_map<(d0) -> (1)> together ins(%x : tensor<4xf32>) outs(%x : tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func private @k(memref<4xf32>, memref<4xf32>, index, index, index)
func.func @launch_c3_dependent(%x: tensor<4xf32>) {
  %0 = sinter.launch @k items affine_map<(d0) -> (1)> ins(%x : tensor<4xf32>) outs(%x : tensor<4xf32>) -> tensor<4xf32>
  // expected-error@+1 {{is `together` with the launch before it, and uses its results}}
  %1 = sinter.launch @k items affine_map<(d0) -> (1)> together ins(%0 : tensor<4xf32>) outs(%x : tensor<4xf32>) -> tensor<4xf32>
  return
}
