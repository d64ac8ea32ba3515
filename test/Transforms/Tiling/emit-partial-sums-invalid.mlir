// Partial sums of columns that no kernel of rows can make.
// RUN: sinter-opt %s --sinter-emit-kernels --split-input-file --verify-diagnostics

#element = affine_map<(i, j) -> (i, j)>
#part = affine_map<(i, j) -> (i floordiv 4, j)>
module attributes {sinter.batch = 7 : i64} {
func.func @other_rows(%x: tensor<?x6xf32>, %e: tensor<2x6xf32>) -> tensor<2x6xf32> {
  // expected-error @+1 {{kernel "other_rows" cannot be emitted with #sinter.schedule<row, tile = [8, 1, 1], vector = 4, parallel = true>}}
  %r = sinter.kernel "other_rows" schedule #sinter.schedule<row, tile = [8, 1, 1], vector = 4, parallel = true>
      ins(%x : tensor<?x6xf32>) outs(%e : tensor<2x6xf32>) -> tensor<2x6xf32> {
  ^bb0(%a: tensor<?x6xf32>, %o: tensor<2x6xf32>):
    %start = arith.constant 0.0 : f32
    %init = linalg.fill ins(%start : f32) outs(%o : tensor<2x6xf32>) -> tensor<2x6xf32>
    %p = linalg.generic {indexing_maps = [#element, #part], iterator_types = ["reduction", "parallel"]}
        ins(%a : tensor<?x6xf32>) outs(%init : tensor<2x6xf32>) {
    ^bb0(%v: f32, %u: f32):
      %z = arith.addf %u, %v : f32
      linalg.yield %z : f32
    } -> tensor<2x6xf32>
    sinter.yield %p : tensor<2x6xf32>
  }
  return %r : tensor<2x6xf32>
}
}

// -----

#element = affine_map<(i, j) -> (i, j)>
#part = affine_map<(i, j) -> (i floordiv 4, j)>
module attributes {sinter.batch = 7 : i64} {
func.func @too_few_parts(%x: tensor<?x6xf32>, %e: tensor<1x6xf32>) -> tensor<1x6xf32> {
  // expected-error @+1 {{kernel "too_few_parts" cannot be emitted with #sinter.schedule<row, tile = [4, 1, 1], vector = 4, parallel = true>}}
  %r = sinter.kernel "too_few_parts" schedule #sinter.schedule<row, tile = [4, 1, 1], vector = 4, parallel = true>
      ins(%x : tensor<?x6xf32>) outs(%e : tensor<1x6xf32>) -> tensor<1x6xf32> {
  ^bb0(%a: tensor<?x6xf32>, %o: tensor<1x6xf32>):
    %start = arith.constant 0.0 : f32
    %init = linalg.fill ins(%start : f32) outs(%o : tensor<1x6xf32>) -> tensor<1x6xf32>
    %p = linalg.generic {indexing_maps = [#element, #part], iterator_types = ["reduction", "parallel"]}
        ins(%a : tensor<?x6xf32>) outs(%init : tensor<1x6xf32>) {
    ^bb0(%v: f32, %u: f32):
      %z = arith.addf %u, %v : f32
      linalg.yield %z : f32
    } -> tensor<1x6xf32>
    sinter.yield %p : tensor<1x6xf32>
  }
  return %r : tensor<1x6xf32>
}
}

// -----

#element = affine_map<(i, j) -> (i, j)>
#part = affine_map<(i, j) -> (i floordiv 4, j)>
module attributes {sinter.batch = 7 : i64} {
func.func @start(%x: tensor<?x6xf32>, %e: tensor<2x6xf32>) -> tensor<2x6xf32> {
  // expected-error @+1 {{kernel "start" does not fit the strategy of its schedule, row}}
  %r = sinter.kernel "start" schedule #sinter.schedule<row, tile = [4, 1, 1], vector = 4, parallel = true>
      ins(%x : tensor<?x6xf32>) outs(%e : tensor<2x6xf32>) -> tensor<2x6xf32> {
  ^bb0(%a: tensor<?x6xf32>, %o: tensor<2x6xf32>):
    %start = arith.constant 1.0 : f32
    %init = linalg.fill ins(%start : f32) outs(%o : tensor<2x6xf32>) -> tensor<2x6xf32>
    %p = linalg.generic {indexing_maps = [#element, #part], iterator_types = ["reduction", "parallel"]}
        ins(%a : tensor<?x6xf32>) outs(%init : tensor<2x6xf32>) {
    ^bb0(%v: f32, %u: f32):
      %z = arith.addf %u, %v : f32
      linalg.yield %z : f32
    } -> tensor<2x6xf32>
    sinter.yield %p : tensor<2x6xf32>
  }
  return %r : tensor<2x6xf32>
}
}

// -----

#element = affine_map<(i, j) -> (i, j)>
#part = affine_map<(i, j) -> (i floordiv 4, j)>
module attributes {sinter.batch = 7 : i64} {
func.func @read_here(%x: tensor<?x6xf32>, %e: tensor<2x6xf32>) -> tensor<2x6xf32> {
  // expected-error @+1 {{kernel "read_here" does not fit the strategy of its schedule, row}}
  %r = sinter.kernel "read_here" schedule #sinter.schedule<row, tile = [4, 1, 1], vector = 4, parallel = true>
      ins(%x : tensor<?x6xf32>) outs(%e : tensor<2x6xf32>) -> tensor<2x6xf32> {
  ^bb0(%a: tensor<?x6xf32>, %o: tensor<2x6xf32>):
    %start = arith.constant 0.0 : f32
    %init = linalg.fill ins(%start : f32) outs(%o : tensor<2x6xf32>) -> tensor<2x6xf32>
    %p = linalg.generic {indexing_maps = [#element, #part], iterator_types = ["reduction", "parallel"]}
        ins(%a : tensor<?x6xf32>) outs(%init : tensor<2x6xf32>) {
    ^bb0(%v: f32, %u: f32):
      %z = arith.addf %u, %v : f32
      linalg.yield %z : f32
    } -> tensor<2x6xf32>
    %q = linalg.generic {indexing_maps = [#element, #element], iterator_types = ["parallel", "parallel"]}
        ins(%p : tensor<2x6xf32>) outs(%o : tensor<2x6xf32>) {
    ^bb0(%v: f32, %u: f32):
      %z = arith.negf %v : f32
      linalg.yield %z : f32
    } -> tensor<2x6xf32>
    sinter.yield %q : tensor<2x6xf32>
  }
  return %r : tensor<2x6xf32>
}
}
