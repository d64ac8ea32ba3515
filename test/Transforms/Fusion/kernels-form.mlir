// RUN: sinter-opt %s | sinter-opt | FileCheck %s
// What the phase `kernels` looks like: the form that fusion produces and that scheduling and tiling read.
// CHECK-LABEL: func.func @train_step
// CHECK: sinter.kernel "linear_relu" source ["linear", "relu"]
// CHECK-LABEL: func.func @cross_entropy

// Phase `kernels` of two small training steps: a perceptron 4-8-3 with ReLU, mean squared error and SGD; softmax
// cross-entropy over a linear layer. Batch of at most 32 rows.

module attributes {sinter.batch = 32 : i64, sinter.learning_rate = 1.0e-02 : f64, sinter.loss_name = "mse_loss", sinter.loss_is_sum = false, sinter.model_name = "mlp"} {
  sinter.state "w1" parameter : tensor<8x4xf32>
  sinter.state "b1" parameter : tensor<8xf32>
  sinter.state "w2" parameter : tensor<3x8xf32>
  func.func @train_step(
      %w1: tensor<8x4xf32> {sinter.name = "w1", sinter.role = "state"},
      %b1: tensor<8xf32> {sinter.name = "b1", sinter.role = "state"},
      %w2: tensor<3x8xf32> {sinter.name = "w2", sinter.role = "state"},
      %x: tensor<?x4xf32> {sinter.name = "input", sinter.role = "input"},
      %t: tensor<?x3xf32> {sinter.name = "target", sinter.role = "target"},
      %lr: tensor<f64> {sinter.name = "learning_rate", sinter.role = "learning_rate"},
      %step: tensor<i64> {sinter.name = "step", sinter.role = "step"},
      %seed: tensor<i64> {sinter.name = "seed", sinter.role = "seed"})
      -> (tensor<8x4xf32> {sinter.name = "w1", sinter.role = "state"},
          tensor<8xf32> {sinter.name = "b1", sinter.role = "state"},
          tensor<3x8xf32> {sinter.name = "w2", sinter.role = "state"},
          tensor<f32> {sinter.name = "loss", sinter.role = "loss"}) {
    %c0 = arith.constant 0 : index
    %n = tensor.dim %x, %c0 : tensor<?x4xf32>

    // Strategy map, rank 0: scalars of this call. %x is an input only for its extent.
    %e0 = tensor.empty() : tensor<f32>
    %e1 = tensor.empty() : tensor<f32>
    %e2 = tensor.empty() : tensor<f32>
    %scalars:3 = sinter.kernel "scalars" source ["convert", "batch_size", "div"]
        ins(%lr, %x : tensor<f64>, tensor<?x4xf32>) outs(%e0, %e1, %e2 : tensor<f32>, tensor<f32>, tensor<f32>)
        -> tensor<f32>, tensor<f32>, tensor<f32> {
    ^bb0(%a: tensor<f64>, %b: tensor<?x4xf32>, %o0: tensor<f32>, %o1: tensor<f32>, %o2: tensor<f32>):
      %k0 = arith.constant 0 : index
      %rows = tensor.dim %b, %k0 : tensor<?x4xf32>
      %one = arith.constant 1.000000e+00 : f32
      %two = arith.constant 2.000000e+00 : f32
      %three = arith.constant 3.000000e+00 : f32
      %r:3 = linalg.generic {
          indexing_maps = [affine_map<() -> ()>, affine_map<() -> ()>, affine_map<() -> ()>, affine_map<() -> ()>],
          iterator_types = []} ins(%a : tensor<f64>) outs(%o0, %o1, %o2 : tensor<f32>, tensor<f32>, tensor<f32>) {
      ^bb0(%in: f64, %u0: f32, %u1: f32, %u2: f32):
        %l = arith.truncf %in : f64 to f32
        %i = arith.index_cast %rows : index to i64
        %f = arith.sitofp %i : i64 to f32
        %m = arith.mulf %f, %three : f32
        %inv = arith.divf %one, %m : f32
        %g = arith.mulf %inv, %two : f32
        linalg.yield %l, %inv, %g : f32, f32, f32
      } -> (tensor<f32>, tensor<f32>, tensor<f32>)
      sinter.yield %r#0, %r#1, %r#2 : tensor<f32>, tensor<f32>, tensor<f32>
    }

    // Strategy contraction, epilogue bias + relu.
    %e3 = tensor.empty(%n) : tensor<?x8xf32>
    %h = sinter.kernel "linear_relu" source ["linear", "relu"]
        ins(%x, %w1, %b1 : tensor<?x4xf32>, tensor<8x4xf32>, tensor<8xf32>) outs(%e3 : tensor<?x8xf32>) -> tensor<?x8xf32> {
    ^bb0(%a: tensor<?x4xf32>, %w: tensor<8x4xf32>, %b: tensor<8xf32>, %out: tensor<?x8xf32>):
      %k0 = arith.constant 0 : index
      %rows = tensor.dim %a, %k0 : tensor<?x4xf32>
      %zero = arith.constant 0.000000e+00 : f32
      %acc = tensor.empty(%rows) : tensor<?x8xf32>
      %init = linalg.fill ins(%zero : f32) outs(%acc : tensor<?x8xf32>) -> tensor<?x8xf32>
      %p = linalg.generic {
          indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1)>],
          iterator_types = ["parallel", "parallel", "reduction"]}
          ins(%a, %w : tensor<?x4xf32>, tensor<8x4xf32>) outs(%init : tensor<?x8xf32>) {
      ^bb0(%l: f32, %r: f32, %c: f32):
        %m = arith.mulf %l, %r : f32
        %s = arith.addf %c, %m : f32
        linalg.yield %s : f32
      } -> tensor<?x8xf32>
      %q = linalg.generic {
          indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0, d1)>],
          iterator_types = ["parallel", "parallel"]}
          ins(%p, %b : tensor<?x8xf32>, tensor<8xf32>) outs(%out : tensor<?x8xf32>) {
      ^bb0(%v: f32, %bias: f32, %u: f32):
        %s = arith.addf %v, %bias : f32
        %m = arith.maximumf %s, %zero : f32
        linalg.yield %m : f32
      } -> tensor<?x8xf32>
      sinter.yield %q : tensor<?x8xf32>
    }

    // Strategy contraction without an epilogue: the fill and the product use the outs block argument itself.
    %e4 = tensor.empty(%n) : tensor<?x3xf32>
    %y = sinter.kernel "linear" source ["linear"]
        ins(%h, %w2 : tensor<?x8xf32>, tensor<3x8xf32>) outs(%e4 : tensor<?x3xf32>) -> tensor<?x3xf32> {
    ^bb0(%a: tensor<?x8xf32>, %w: tensor<3x8xf32>, %out: tensor<?x3xf32>):
      %zero = arith.constant 0.000000e+00 : f32
      %init = linalg.fill ins(%zero : f32) outs(%out : tensor<?x3xf32>) -> tensor<?x3xf32>
      %p = linalg.generic {
          indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1)>],
          iterator_types = ["parallel", "parallel", "reduction"]}
          ins(%a, %w : tensor<?x8xf32>, tensor<3x8xf32>) outs(%init : tensor<?x3xf32>) {
      ^bb0(%l: f32, %r: f32, %c: f32):
        %m = arith.mulf %l, %r : f32
        %s = arith.addf %c, %m : f32
        linalg.yield %s : f32
      } -> tensor<?x3xf32>
      sinter.yield %p : tensor<?x3xf32>
    }

    // Strategy row: per-row losses (shape [outer]) and the gradient of the output (shape [outer, inner]).
    %e5 = tensor.empty(%n) : tensor<?xf32>
    %e6 = tensor.empty(%n) : tensor<?x3xf32>
    %rl, %dy = sinter.kernel "mse_loss" source ["mse_loss", "mul"]
        ins(%y, %t, %scalars#2 : tensor<?x3xf32>, tensor<?x3xf32>, tensor<f32>)
        outs(%e5, %e6 : tensor<?xf32>, tensor<?x3xf32>) -> tensor<?xf32>, tensor<?x3xf32> {
    ^bb0(%a: tensor<?x3xf32>, %b: tensor<?x3xf32>, %g: tensor<f32>, %o0: tensor<?xf32>, %o1: tensor<?x3xf32>):
      %zero = arith.constant 0.000000e+00 : f32
      %init = linalg.fill ins(%zero : f32) outs(%o0 : tensor<?xf32>) -> tensor<?xf32>
      %s = linalg.generic {
          indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>],
          iterator_types = ["parallel", "reduction"]}
          ins(%a, %b : tensor<?x3xf32>, tensor<?x3xf32>) outs(%init : tensor<?xf32>) {
      ^bb0(%l: f32, %r: f32, %c: f32):
        %d = arith.subf %l, %r : f32
        %q = arith.mulf %d, %d : f32
        %z = arith.addf %c, %q : f32
        linalg.yield %z : f32
      } -> tensor<?xf32>
      %d = linalg.generic {
          indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> ()>, affine_map<(d0, d1) -> (d0, d1)>],
          iterator_types = ["parallel", "parallel"]}
          ins(%a, %b, %g : tensor<?x3xf32>, tensor<?x3xf32>, tensor<f32>) outs(%o1 : tensor<?x3xf32>) {
      ^bb0(%l: f32, %r: f32, %f: f32, %u: f32):
        %v = arith.subf %l, %r : f32
        %w = arith.mulf %v, %f : f32
        linalg.yield %w : f32
      } -> tensor<?x3xf32>
      sinter.yield %s, %d : tensor<?xf32>, tensor<?x3xf32>
    }

    // Strategy row with outer = []: the sum of the rows' losses, then an elementwise op on shape [].
    %e7 = tensor.empty() : tensor<f32>
    %loss = sinter.kernel "mse_loss" source ["mse_loss"]
        ins(%rl, %scalars#1 : tensor<?xf32>, tensor<f32>) outs(%e7 : tensor<f32>) -> tensor<f32> {
    ^bb0(%a: tensor<?xf32>, %g: tensor<f32>, %out: tensor<f32>):
      %zero = arith.constant 0.000000e+00 : f32
      %tmp = tensor.empty() : tensor<f32>
      %init = linalg.fill ins(%zero : f32) outs(%tmp : tensor<f32>) -> tensor<f32>
      %s = linalg.generic {
          indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> ()>], iterator_types = ["reduction"]}
          ins(%a : tensor<?xf32>) outs(%init : tensor<f32>) {
      ^bb0(%l: f32, %c: f32):
        %z = arith.addf %c, %l : f32
        linalg.yield %z : f32
      } -> tensor<f32>
      %m = linalg.generic {
          indexing_maps = [affine_map<() -> ()>, affine_map<() -> ()>, affine_map<() -> ()>], iterator_types = []}
          ins(%s, %g : tensor<f32>, tensor<f32>) outs(%out : tensor<f32>) {
      ^bb0(%l: f32, %r: f32, %u: f32):
        %z = arith.mulf %l, %r : f32
        linalg.yield %z : f32
      } -> tensor<f32>
      sinter.yield %m : tensor<f32>
    }

    // Gradient of w2: contraction over the batch (both operands transposed against the first product).
    %e8 = tensor.empty() : tensor<3x8xf32>
    %dw2 = sinter.kernel "dot_general" source ["dot_general"]
        ins(%dy, %h : tensor<?x3xf32>, tensor<?x8xf32>) outs(%e8 : tensor<3x8xf32>) -> tensor<3x8xf32> {
    ^bb0(%a: tensor<?x3xf32>, %b: tensor<?x8xf32>, %out: tensor<3x8xf32>):
      %zero = arith.constant 0.000000e+00 : f32
      %init = linalg.fill ins(%zero : f32) outs(%out : tensor<3x8xf32>) -> tensor<3x8xf32>
      %p = linalg.generic {
          indexing_maps = [affine_map<(d0, d1, d2) -> (d2, d0)>, affine_map<(d0, d1, d2) -> (d2, d1)>, affine_map<(d0, d1, d2) -> (d0, d1)>],
          iterator_types = ["parallel", "parallel", "reduction"]}
          ins(%a, %b : tensor<?x3xf32>, tensor<?x8xf32>) outs(%init : tensor<3x8xf32>) {
      ^bb0(%l: f32, %r: f32, %c: f32):
        %m = arith.mulf %l, %r : f32
        %s = arith.addf %c, %m : f32
        linalg.yield %s : f32
      } -> tensor<3x8xf32>
      sinter.yield %p : tensor<3x8xf32>
    }

    // Gradient of the hidden layer, masked by the saved activation in the epilogue.
    %e9 = tensor.empty(%n) : tensor<?x8xf32>
    %dh = sinter.kernel "dot_general_select" source ["dot_general", "compare", "select"]
        ins(%dy, %w2, %h : tensor<?x3xf32>, tensor<3x8xf32>, tensor<?x8xf32>) outs(%e9 : tensor<?x8xf32>) -> tensor<?x8xf32> {
    ^bb0(%a: tensor<?x3xf32>, %w: tensor<3x8xf32>, %act: tensor<?x8xf32>, %out: tensor<?x8xf32>):
      %k0 = arith.constant 0 : index
      %rows = tensor.dim %a, %k0 : tensor<?x3xf32>
      %zero = arith.constant 0.000000e+00 : f32
      %acc = tensor.empty(%rows) : tensor<?x8xf32>
      %init = linalg.fill ins(%zero : f32) outs(%acc : tensor<?x8xf32>) -> tensor<?x8xf32>
      %p = linalg.generic {
          indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d2, d1)>, affine_map<(d0, d1, d2) -> (d0, d1)>],
          iterator_types = ["parallel", "parallel", "reduction"]}
          ins(%a, %w : tensor<?x3xf32>, tensor<3x8xf32>) outs(%init : tensor<?x8xf32>) {
      ^bb0(%l: f32, %r: f32, %c: f32):
        %m = arith.mulf %l, %r : f32
        %s = arith.addf %c, %m : f32
        linalg.yield %s : f32
      } -> tensor<?x8xf32>
      %q = linalg.generic {
          indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>],
          iterator_types = ["parallel", "parallel"]}
          ins(%act, %p : tensor<?x8xf32>, tensor<?x8xf32>) outs(%out : tensor<?x8xf32>) {
      ^bb0(%v: f32, %g: f32, %u: f32):
        %c = arith.cmpf ogt, %v, %zero : f32
        %z = arith.select %c, %g, %zero : f32
        linalg.yield %z : f32
      } -> tensor<?x8xf32>
      sinter.yield %q : tensor<?x8xf32>
    }

    // Strategy map, in place: outs is the state tensor, read as an input of the generic.
    %w2new = sinter.kernel "sgd" source ["mul", "sub"]
        ins(%dw2, %scalars#0 : tensor<3x8xf32>, tensor<f32>) outs(%w2 : tensor<3x8xf32>) -> tensor<3x8xf32> {
    ^bb0(%g: tensor<3x8xf32>, %l: tensor<f32>, %p: tensor<3x8xf32>):
      %q = linalg.generic {
          indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> ()>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>],
          iterator_types = ["parallel", "parallel"]}
          ins(%g, %l, %p : tensor<3x8xf32>, tensor<f32>, tensor<3x8xf32>) outs(%p : tensor<3x8xf32>) {
      ^bb0(%v: f32, %rate: f32, %old: f32, %u: f32):
        %d = arith.mulf %v, %rate : f32
        %z = arith.subf %old, %d : f32
        linalg.yield %z : f32
      } -> tensor<3x8xf32>
      sinter.yield %q : tensor<3x8xf32>
    }

    %e10 = tensor.empty() : tensor<8x4xf32>
    %dw1 = sinter.kernel "dot_general" source ["dot_general"]
        ins(%dh, %x : tensor<?x8xf32>, tensor<?x4xf32>) outs(%e10 : tensor<8x4xf32>) -> tensor<8x4xf32> {
    ^bb0(%a: tensor<?x8xf32>, %b: tensor<?x4xf32>, %out: tensor<8x4xf32>):
      %zero = arith.constant 0.000000e+00 : f32
      %init = linalg.fill ins(%zero : f32) outs(%out : tensor<8x4xf32>) -> tensor<8x4xf32>
      %p = linalg.generic {
          indexing_maps = [affine_map<(d0, d1, d2) -> (d2, d0)>, affine_map<(d0, d1, d2) -> (d2, d1)>, affine_map<(d0, d1, d2) -> (d0, d1)>],
          iterator_types = ["parallel", "parallel", "reduction"]}
          ins(%a, %b : tensor<?x8xf32>, tensor<?x4xf32>) outs(%init : tensor<8x4xf32>) {
      ^bb0(%l: f32, %r: f32, %c: f32):
        %m = arith.mulf %l, %r : f32
        %s = arith.addf %c, %m : f32
        linalg.yield %s : f32
      } -> tensor<8x4xf32>
      sinter.yield %p : tensor<8x4xf32>
    }

    // Strategy column: bias gradient, then the update of the bias in place on [cols].
    %b1new = sinter.kernel "sgd" source ["reduce", "mul", "sub"]
        ins(%dh, %scalars#0 : tensor<?x8xf32>, tensor<f32>) outs(%b1 : tensor<8xf32>) -> tensor<8xf32> {
    ^bb0(%g: tensor<?x8xf32>, %l: tensor<f32>, %p: tensor<8xf32>):
      %zero = arith.constant 0.000000e+00 : f32
      %tmp = tensor.empty() : tensor<8xf32>
      %init = linalg.fill ins(%zero : f32) outs(%tmp : tensor<8xf32>) -> tensor<8xf32>
      %s = linalg.generic {
          indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>], iterator_types = ["reduction", "parallel"]}
          ins(%g : tensor<?x8xf32>) outs(%init : tensor<8xf32>) {
      ^bb0(%v: f32, %c: f32):
        %z = arith.addf %c, %v : f32
        linalg.yield %z : f32
      } -> tensor<8xf32>
      %q = linalg.generic {
          indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> ()>, affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>],
          iterator_types = ["parallel"]}
          ins(%s, %l, %p : tensor<8xf32>, tensor<f32>, tensor<8xf32>) outs(%p : tensor<8xf32>) {
      ^bb0(%v: f32, %rate: f32, %old: f32, %u: f32):
        %d = arith.mulf %v, %rate : f32
        %z = arith.subf %old, %d : f32
        linalg.yield %z : f32
      } -> tensor<8xf32>
      sinter.yield %q : tensor<8xf32>
    }

    %w1new = sinter.kernel "sgd" source ["mul", "sub"]
        ins(%dw1, %scalars#0 : tensor<8x4xf32>, tensor<f32>) outs(%w1 : tensor<8x4xf32>) -> tensor<8x4xf32> {
    ^bb0(%g: tensor<8x4xf32>, %l: tensor<f32>, %p: tensor<8x4xf32>):
      %q = linalg.generic {
          indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> ()>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>],
          iterator_types = ["parallel", "parallel"]}
          ins(%g, %l, %p : tensor<8x4xf32>, tensor<f32>, tensor<8x4xf32>) outs(%p : tensor<8x4xf32>) {
      ^bb0(%v: f32, %rate: f32, %old: f32, %u: f32):
        %d = arith.mulf %v, %rate : f32
        %z = arith.subf %old, %d : f32
        linalg.yield %z : f32
      } -> tensor<8x4xf32>
      sinter.yield %q : tensor<8x4xf32>
    }
    return %w1new, %b1new, %w2new, %loss : tensor<8x4xf32>, tensor<8xf32>, tensor<3x8xf32>, tensor<f32>
  }

  // Softmax cross-entropy from class indices: statistics, per-row losses and the gradient of the logits in one row
  // kernel. Temporaries are tensor.empty in the body: of shape [outer] and, for the exponentials, [outer, inner].
  func.func @cross_entropy(
      %y: tensor<?x10xf32> {sinter.name = "input", sinter.role = "input"},
      %t: tensor<?xi32> {sinter.name = "target", sinter.role = "target"},
      %inv: tensor<f32> {sinter.name = "input1", sinter.role = "input"})
      -> (tensor<?xf32> {sinter.name = "rows", sinter.role = "output"}, tensor<?x10xf32> {sinter.name = "dlogits", sinter.role = "output"}) {
    %c0 = arith.constant 0 : index
    %n = tensor.dim %y, %c0 : tensor<?x10xf32>
    %e0 = tensor.empty(%n) : tensor<?xf32>
    %e1 = tensor.empty(%n) : tensor<?x10xf32>
    %rl, %dy = sinter.kernel "cross_entropy_softmax" source ["cross_entropy", "softmax", "sub", "mul"]
        ins(%y, %t, %inv : tensor<?x10xf32>, tensor<?xi32>, tensor<f32>)
        outs(%e0, %e1 : tensor<?xf32>, tensor<?x10xf32>) -> tensor<?xf32>, tensor<?x10xf32> {
    ^bb0(%a: tensor<?x10xf32>, %label: tensor<?xi32>, %g: tensor<f32>, %o0: tensor<?xf32>, %o1: tensor<?x10xf32>):
      %k0 = arith.constant 0 : index
      %rows = tensor.dim %a, %k0 : tensor<?x10xf32>
      %zero = arith.constant 0.000000e+00 : f32
      %one = arith.constant 1.000000e+00 : f32
      %ninf = arith.constant 0xFF800000 : f32
      %t0 = tensor.empty(%rows) : tensor<?xf32>
      %i0 = linalg.fill ins(%ninf : f32) outs(%t0 : tensor<?xf32>) -> tensor<?xf32>
      %max = linalg.generic {
          indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]}
          ins(%a : tensor<?x10xf32>) outs(%i0 : tensor<?xf32>) {
      ^bb0(%v: f32, %c: f32):
        %m = arith.maximumf %c, %v : f32
        linalg.yield %m : f32
      } -> tensor<?xf32>
      %t1 = tensor.empty(%rows) : tensor<?x10xf32>
      %exp = linalg.generic {
          indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>],
          iterator_types = ["parallel", "parallel"]}
          ins(%a, %max : tensor<?x10xf32>, tensor<?xf32>) outs(%t1 : tensor<?x10xf32>) {
      ^bb0(%v: f32, %m: f32, %u: f32):
        %d = arith.subf %v, %m : f32
        %e = math.exp %d : f32
        linalg.yield %e : f32
      } -> tensor<?x10xf32>
      %t2 = tensor.empty(%rows) : tensor<?xf32>
      %i2 = linalg.fill ins(%zero : f32) outs(%t2 : tensor<?xf32>) -> tensor<?xf32>
      %sum = linalg.generic {
          indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]}
          ins(%exp : tensor<?x10xf32>) outs(%i2 : tensor<?xf32>) {
      ^bb0(%v: f32, %c: f32):
        %s = arith.addf %c, %v : f32
        linalg.yield %s : f32
      } -> tensor<?xf32>
      // Elementwise on [outer], two results.
      %t3 = tensor.empty(%rows) : tensor<?xf32>
      %t4 = tensor.empty(%rows) : tensor<?xf32>
      %logrcp:2 = linalg.generic {
          indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]}
          ins(%sum : tensor<?xf32>) outs(%t3, %t4 : tensor<?xf32>, tensor<?xf32>) {
      ^bb0(%v: f32, %u0: f32, %u1: f32):
        %l = math.log %v : f32
        %r = arith.divf %one, %v : f32
        linalg.yield %l, %r : f32, f32
      } -> (tensor<?xf32>, tensor<?xf32>)
      // The row's loss: -(sum over the classes of onehot * log_softmax).
      %t5 = tensor.empty(%rows) : tensor<?xf32>
      %i5 = linalg.fill ins(%zero : f32) outs(%t5 : tensor<?xf32>) -> tensor<?xf32>
      %pick = linalg.generic {
          indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0)>],
          iterator_types = ["parallel", "reduction"]}
          ins(%a, %max, %logrcp#0, %label : tensor<?x10xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xi32>) outs(%i5 : tensor<?xf32>) {
      ^bb0(%v: f32, %m: f32, %l: f32, %cls: i32, %c: f32):
        %d = arith.subf %v, %m : f32
        %lp = arith.subf %d, %l : f32
        %idx = linalg.index 1 : index
        %i = arith.index_cast %idx : index to i32
        %hit = arith.cmpi eq, %i, %cls : i32
        %z = arith.select %hit, %lp, %zero : f32
        %s = arith.addf %c, %z : f32
        linalg.yield %s : f32
      } -> tensor<?xf32>
      %neg = linalg.generic {
          indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]}
          ins(%pick : tensor<?xf32>) outs(%o0 : tensor<?xf32>) {
      ^bb0(%v: f32, %u: f32):
        %z = arith.negf %v : f32
        linalg.yield %z : f32
      } -> tensor<?xf32>
      %grad = linalg.generic {
          indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> ()>, affine_map<(d0, d1) -> (d0, d1)>],
          iterator_types = ["parallel", "parallel"]}
          ins(%exp, %logrcp#1, %label, %g : tensor<?x10xf32>, tensor<?xf32>, tensor<?xi32>, tensor<f32>) outs(%o1 : tensor<?x10xf32>) {
      ^bb0(%e: f32, %r: f32, %cls: i32, %f: f32, %u: f32):
        %p = arith.mulf %e, %r : f32
        %idx = linalg.index 1 : index
        %i = arith.index_cast %idx : index to i32
        %hit = arith.cmpi eq, %i, %cls : i32
        %oh = arith.select %hit, %one, %zero : f32
        %d = arith.subf %p, %oh : f32
        %z = arith.mulf %d, %f : f32
        linalg.yield %z : f32
      } -> tensor<?x10xf32>
      sinter.yield %neg, %grad : tensor<?xf32>, tensor<?x10xf32>
    }
    return %rl, %dy : tensor<?xf32>, tensor<?x10xf32>
  }
}
