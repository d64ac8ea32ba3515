// What no skeleton fits is an error that names the kernel; so is a batch that nobody has named, and a missing schedule.
// RUN: sinter-opt %s --sinter-emit-device-kernels -split-input-file -verify-diagnostics

#cube = affine_map<(i, j, k) -> (i, j, k)>
#flat = affine_map<(i, j, k) -> (j, i)>
module {
  func.func @product(%x: tensor<2x3x4xf32>, %e: tensor<3x2xf32>) -> tensor<3x2xf32> {
    // expected-error@+1 {{kernel "product" fits no skeleton: a reduction that is not a sum or a maximum}}
    %r = sinter.kernel "product" schedule #sinter.schedule<loops, tile = [1], vector = 1, parallel = false>
        ins(%x : tensor<2x3x4xf32>) outs(%e : tensor<3x2xf32>) -> tensor<3x2xf32> {
    ^bb0(%a: tensor<2x3x4xf32>, %o: tensor<3x2xf32>):
      %y = linalg.generic {indexing_maps = [#cube, #flat], iterator_types = ["parallel", "parallel", "reduction"]}
          ins(%a : tensor<2x3x4xf32>) outs(%o : tensor<3x2xf32>) {
      ^bb0(%v: f32, %u: f32):
        %z = arith.mulf %u, %v : f32
        linalg.yield %z : f32
      } -> tensor<3x2xf32>
      sinter.yield %y : tensor<3x2xf32>
    }
    return %r : tensor<3x2xf32>
  }
}

// -----

#one = affine_map<(i) -> (i)>
module {
  func.func @twice(%x: tensor<?xf32>, %e: tensor<?xf32>) -> tensor<?xf32> {
    // expected-error@+1 {{operand of type 'tensor<?xf32>' needs the module attribute 'sinter.batch'}}
    %r = sinter.kernel "twice" schedule #sinter.schedule<map, tile = [16, 1], vector = 4, parallel = false>
        ins(%x : tensor<?xf32>) outs(%e : tensor<?xf32>) -> tensor<?xf32> {
    ^bb0(%a: tensor<?xf32>, %o: tensor<?xf32>):
      %y = linalg.generic {indexing_maps = [#one, #one], iterator_types = ["parallel"]}
          ins(%a : tensor<?xf32>) outs(%o : tensor<?xf32>) {
      ^bb0(%v: f32, %u: f32):
        %z = arith.addf %v, %v : f32
        linalg.yield %z : f32
      } -> tensor<?xf32>
      sinter.yield %y : tensor<?xf32>
    }
    return %r : tensor<?xf32>
  }
}

// -----

#element = affine_map<(i, j) -> (i, j)>
#part = affine_map<(i, j) -> (i floordiv 4, j)>
func.func @unscheduled(%x: tensor<8x6xf32>, %e: tensor<2x6xf32>) -> tensor<2x6xf32> {
  // expected-error @+1 {{kernel "partial_sums" has no schedule}}
  %r = sinter.kernel "partial_sums" ins(%x : tensor<8x6xf32>) outs(%e : tensor<2x6xf32>) -> tensor<2x6xf32> {
  ^bb0(%a: tensor<8x6xf32>, %o: tensor<2x6xf32>):
    %zero = arith.constant 0.0 : f32
    %init = linalg.fill ins(%zero : f32) outs(%o : tensor<2x6xf32>) -> tensor<2x6xf32>
    %p = linalg.generic {indexing_maps = [#element, #part], iterator_types = ["reduction", "parallel"]}
        ins(%a : tensor<8x6xf32>) outs(%init : tensor<2x6xf32>) {
    ^bb0(%v: f32, %u: f32):
      %z = arith.addf %u, %v : f32
      linalg.yield %z : f32
    } -> tensor<2x6xf32>
    sinter.yield %p : tensor<2x6xf32>
  }
  return %r : tensor<2x6xf32>
}
