// Which form does the planner choose for the three products of a linear layer, and which for few rows?
// RUN: sinter-opt %s --sinter-plan-schedules=cpu=x86-64-v4 | FileCheck %s
// RUN: sinter-opt %s --sinter-plan-schedules=cpu=x86-64-v4 --remark-policy=all --remarks-filter=schedule -o /dev/null 2>&1 \
// RUN:   | FileCheck %s --check-prefix=REMARK

// Every form is told, the one taken and the others, with cycles or with what is in the way.
// REMARK: [Missed] form {{.*}} Function=forward | Kernel=nt#0, Reason="the operand read in vectors is not contiguous in their direction", Remark=direct
// REMARK: [Missed] form {{.*}} Function=forward | Cycles={{[0-9]+}}, Kernel=nt#0, Reason="its best tile is predicted to take {{[0-9]+}} cycles, {{[0-9.]+}} times as many", Remark="packed, tiles of
// REMARK: [Missed] form {{.*}} Function=forward | Kernel=nt#0, Reason="the number of lanes is the batch, known at run time only", Remark="direct, lanes along the rows"
// REMARK: [Passed] form {{.*}} Function=forward | Cycles={{[0-9]+}}, Kernel=nt#0, Remark="packed, lanes along the rows, tiles of
// REMARK: [Missed] form {{.*}} Function=forward | {{.*}} Remark="dot
// REMARK: [Passed] packing {{.*}} Function=forward | {{.*}} Reason="{{[0-9]+}} cycles are predicted, {{[0-9]+}} without"
// REMARK: [Missed] packing {{.*}} Function=weight_gradient | {{.*}} Reason="{{[0-9]+}} cycles are predicted, {{[0-9]+}} with", Remark="operands are read where they lie"
// REMARK: [Missed] parallel {{.*}} Function=one_row

module attributes {sinter.batch = 64 : i64} {
  // y = x W^T: both contiguous along k. Packs the smaller operand, lanes along the batch.
  // CHECK-LABEL: @forward
  // CHECK: sinter.kernel "nt" schedule <contraction, tile = [{{.*}}, 1000, 1, 1, 0, 0], vector = 16, parallel = true>
  func.func @forward(%x: tensor<?x1000xf32>, %w: tensor<500x1000xf32>, %y: tensor<?x500xf32>) -> tensor<?x500xf32> {
    %r = sinter.kernel "nt" ins(%x, %w : tensor<?x1000xf32>, tensor<500x1000xf32>) outs(%y : tensor<?x500xf32>) -> tensor<?x500xf32> {
    ^bb0(%a: tensor<?x1000xf32>, %b: tensor<500x1000xf32>, %out: tensor<?x500xf32>):
      %zero = arith.constant 0.0 : f32
      %init = linalg.fill ins(%zero : f32) outs(%out : tensor<?x500xf32>) -> tensor<?x500xf32>
      %p = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n, k)>, affine_map<(m, n, k) -> (m, n)>],
          iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<?x1000xf32>, tensor<500x1000xf32>) outs(%init : tensor<?x500xf32>) {
      ^bb0(%l: f32, %q: f32, %c: f32):
        %m = arith.mulf %l, %q : f32
        %s = arith.addf %c, %m : f32
        linalg.yield %s : f32
      } -> tensor<?x500xf32>
      sinter.yield %p : tensor<?x500xf32>
    }
    return %r : tensor<?x500xf32>
  }

  // dW = dY^T X: both contiguous along their own dim, k is the batch. Nothing is packed.
  // CHECK-LABEL: @weight_gradient
  // CHECK: sinter.kernel "tn" schedule <contraction, tile = [{{.*}}, 64, 0, 0, 0, 0], vector = 16, parallel = true>
  func.func @weight_gradient(%x: tensor<?x500xf32>, %w: tensor<?x400xf32>, %y: tensor<500x400xf32>) -> tensor<500x400xf32> {
    %r = sinter.kernel "tn" ins(%x, %w : tensor<?x500xf32>, tensor<?x400xf32>) outs(%y : tensor<500x400xf32>) -> tensor<500x400xf32> {
    ^bb0(%a: tensor<?x500xf32>, %b: tensor<?x400xf32>, %out: tensor<500x400xf32>):
      %zero = arith.constant 0.0 : f32
      %init = linalg.fill ins(%zero : f32) outs(%out : tensor<500x400xf32>) -> tensor<500x400xf32>
      %p = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (k, m)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>],
          iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<?x500xf32>, tensor<?x400xf32>) outs(%init : tensor<500x400xf32>) {
      ^bb0(%l: f32, %q: f32, %c: f32):
        %m = arith.mulf %l, %q : f32
        %s = arith.addf %c, %m : f32
        linalg.yield %s : f32
      } -> tensor<500x400xf32>
      sinter.yield %p : tensor<500x400xf32>
    }
    return %r : tensor<500x400xf32>
  }

  // One row: packing would cost more than the product.
  // CHECK-LABEL: @one_row
  // CHECK: sinter.kernel "nt" schedule <contraction, tile = [1, 1, {{.*}}, 1000, 2, 0, 0, 0], vector = 16, parallel = false>
  func.func @one_row(%x: tensor<1x1000xf32>, %w: tensor<50x1000xf32>, %y: tensor<1x50xf32>) -> tensor<1x50xf32> {
    %r = sinter.kernel "nt" ins(%x, %w : tensor<1x1000xf32>, tensor<50x1000xf32>) outs(%y : tensor<1x50xf32>) -> tensor<1x50xf32> {
    ^bb0(%a: tensor<1x1000xf32>, %b: tensor<50x1000xf32>, %out: tensor<1x50xf32>):
      %zero = arith.constant 0.0 : f32
      %init = linalg.fill ins(%zero : f32) outs(%out : tensor<1x50xf32>) -> tensor<1x50xf32>
      %p = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n, k)>, affine_map<(m, n, k) -> (m, n)>],
          iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<1x1000xf32>, tensor<50x1000xf32>) outs(%init : tensor<1x50xf32>) {
      ^bb0(%l: f32, %q: f32, %c: f32):
        %m = arith.mulf %l, %q : f32
        %s = arith.addf %c, %m : f32
        linalg.yield %s : f32
      } -> tensor<1x50xf32>
      sinter.yield %p : tensor<1x50xf32>
    }
    return %r : tensor<1x50xf32>
  }

  // A few rows: several of them meet each vector of the weights, which are read where they lie, and mostly once.
  // CHECK-LABEL: @eight_rows
  // CHECK: sinter.kernel "nt" schedule <contraction, tile = [{{[4-8]}}, 1, {{.*}}, 1000, 2, 0, 0, 0], vector = 16, parallel = true>
  func.func @eight_rows(%x: tensor<8x1000xf32>, %w: tensor<500x1000xf32>, %y: tensor<8x500xf32>) -> tensor<8x500xf32> {
    %r = sinter.kernel "nt" ins(%x, %w : tensor<8x1000xf32>, tensor<500x1000xf32>) outs(%y : tensor<8x500xf32>) -> tensor<8x500xf32> {
    ^bb0(%a: tensor<8x1000xf32>, %b: tensor<500x1000xf32>, %out: tensor<8x500xf32>):
      %zero = arith.constant 0.0 : f32
      %init = linalg.fill ins(%zero : f32) outs(%out : tensor<8x500xf32>) -> tensor<8x500xf32>
      %p = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n, k)>, affine_map<(m, n, k) -> (m, n)>],
          iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<8x1000xf32>, tensor<500x1000xf32>) outs(%init : tensor<8x500xf32>) {
      ^bb0(%l: f32, %q: f32, %c: f32):
        %m = arith.mulf %l, %q : f32
        %s = arith.addf %c, %m : f32
        linalg.yield %s : f32
      } -> tensor<8x500xf32>
      sinter.yield %p : tensor<8x500xf32>
    }
    return %r : tensor<8x500xf32>
  }

  // Five panels, which two threads would share as three and two: four groups of 12 tiles of rows make 20 work items.
  // CHECK-LABEL: @five_panels
  // CHECK: sinter.kernel "nn" schedule <contraction, tile = [6, 4, 12, 1, 1, 33, 0, 0, 0, 0], vector = 16, parallel = true>
  func.func @five_panels(%x: tensor<280x33xf32>, %w: tensor<33x320xf32>, %y: tensor<280x320xf32>) -> tensor<280x320xf32> {
    %r = sinter.kernel "nn" ins(%x, %w : tensor<280x33xf32>, tensor<33x320xf32>) outs(%y : tensor<280x320xf32>) -> tensor<280x320xf32> {
    ^bb0(%a: tensor<280x33xf32>, %b: tensor<33x320xf32>, %out: tensor<280x320xf32>):
      %zero = arith.constant 0.0 : f32
      %init = linalg.fill ins(%zero : f32) outs(%out : tensor<280x320xf32>) -> tensor<280x320xf32>
      %p = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>],
          iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<280x33xf32>, tensor<33x320xf32>) outs(%init : tensor<280x320xf32>) {
      ^bb0(%l: f32, %q: f32, %c: f32):
        %m = arith.mulf %l, %q : f32
        %s = arith.addf %c, %m : f32
        linalg.yield %s : f32
      } -> tensor<280x320xf32>
      sinter.yield %p : tensor<280x320xf32>
    }
    return %r : tensor<280x320xf32>
  }

  // A weight gradient over many rows: k is cut, so that the lines of one operand stay in the first-level cache while the
  // panels of the other, packed together, pass over them. Sums rest in the result.
  // CHECK-LABEL: @long_weight_gradient
  // CHECK: sinter.kernel "tn" schedule <contraction, tile = [{{.*}}, 128, 1, 0, 1, 0], vector = 16, parallel = true>
  func.func @long_weight_gradient(%x: tensor<1024x500xf32>, %w: tensor<1024x400xf32>, %y: tensor<500x400xf32>) -> tensor<500x400xf32> {
    %r = sinter.kernel "tn" ins(%x, %w : tensor<1024x500xf32>, tensor<1024x400xf32>) outs(%y : tensor<500x400xf32>) -> tensor<500x400xf32> {
    ^bb0(%a: tensor<1024x500xf32>, %b: tensor<1024x400xf32>, %out: tensor<500x400xf32>):
      %zero = arith.constant 0.0 : f32
      %init = linalg.fill ins(%zero : f32) outs(%out : tensor<500x400xf32>) -> tensor<500x400xf32>
      %p = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (k, m)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>],
          iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<1024x500xf32>, tensor<1024x400xf32>) outs(%init : tensor<500x400xf32>) {
      ^bb0(%l: f32, %q: f32, %c: f32):
        %m = arith.mulf %l, %q : f32
        %s = arith.addf %c, %m : f32
        linalg.yield %s : f32
      } -> tensor<500x400xf32>
      sinter.yield %p : tensor<500x400xf32>
    }
    return %r : tensor<500x400xf32>
  }

  // Lines that fall into one set of the first-level cache do not stay there: both operands are packed.
  // CHECK-LABEL: @colliding_rows
  // CHECK: sinter.kernel "tn" schedule <contraction, tile = [{{.*}}, 128, 3, 0, 1, 0], vector = 16, parallel = true>
  func.func @colliding_rows(%x: tensor<1024x1024xf32>, %w: tensor<1024x1000xf32>, %y: tensor<1024x1000xf32>) -> tensor<1024x1000xf32> {
    %r = sinter.kernel "tn" ins(%x, %w : tensor<1024x1024xf32>, tensor<1024x1000xf32>) outs(%y : tensor<1024x1000xf32>) -> tensor<1024x1000xf32> {
    ^bb0(%a: tensor<1024x1024xf32>, %b: tensor<1024x1000xf32>, %out: tensor<1024x1000xf32>):
      %zero = arith.constant 0.0 : f32
      %init = linalg.fill ins(%zero : f32) outs(%out : tensor<1024x1000xf32>) -> tensor<1024x1000xf32>
      %p = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (k, m)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>],
          iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<1024x1024xf32>, tensor<1024x1000xf32>) outs(%init : tensor<1024x1000xf32>) {
      ^bb0(%l: f32, %q: f32, %c: f32):
        %m = arith.mulf %l, %q : f32
        %s = arith.addf %c, %m : f32
        linalg.yield %s : f32
      } -> tensor<1024x1000xf32>
      sinter.yield %p : tensor<1024x1000xf32>
    }
    return %r : tensor<1024x1000xf32>
  }
}
