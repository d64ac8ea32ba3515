// Kernels that cannot be emitted as they are.
// RUN: sinter-opt %s --sinter-emit-kernels --split-input-file --verify-diagnostics

#element = affine_map<(i, j) -> (i, j)>
func.func @no_batch(%x: tensor<?x6xf32>, %e: tensor<?x6xf32>) -> tensor<?x6xf32> {
  // expected-error @+1 {{operand of type 'tensor<?x6xf32>' needs the module attribute 'sinter.batch'}}
  %r = sinter.kernel "no_batch" schedule #sinter.schedule<map, tile = [16, 2], vector = 4, parallel = true>
      ins(%x : tensor<?x6xf32>) outs(%e : tensor<?x6xf32>) -> tensor<?x6xf32> {
  ^bb0(%a: tensor<?x6xf32>, %o: tensor<?x6xf32>):
    %y = linalg.generic {indexing_maps = [#element, #element], iterator_types = ["parallel", "parallel"]}
        ins(%a : tensor<?x6xf32>) outs(%o : tensor<?x6xf32>) {
    ^bb0(%v: f32, %u: f32):
      linalg.yield %v : f32
    } -> tensor<?x6xf32>
    sinter.yield %y : tensor<?x6xf32>
  }
  return %r : tensor<?x6xf32>
}

// -----

#element = affine_map<(i, j) -> (i, j)>
func.func @no_schedule(%x: tensor<4x6xf32>, %e: tensor<4x6xf32>) -> tensor<4x6xf32> {
  // expected-error @+1 {{kernel "no_schedule" has no schedule}}
  %r = sinter.kernel "no_schedule" ins(%x : tensor<4x6xf32>) outs(%e : tensor<4x6xf32>) -> tensor<4x6xf32> {
  ^bb0(%a: tensor<4x6xf32>, %o: tensor<4x6xf32>):
    %y = linalg.generic {indexing_maps = [#element, #element], iterator_types = ["parallel", "parallel"]}
        ins(%a : tensor<4x6xf32>) outs(%o : tensor<4x6xf32>) {
    ^bb0(%v: f32, %u: f32):
      linalg.yield %v : f32
    } -> tensor<4x6xf32>
    sinter.yield %y : tensor<4x6xf32>
  }
  return %r : tensor<4x6xf32>
}

// -----

#element = affine_map<(i, j) -> (i, j)>
#transposed = affine_map<(i, j) -> (j, i)>
func.func @other_strategy(%x: tensor<4x6xf32>, %e: tensor<6x4xf32>) -> tensor<6x4xf32> {
  // expected-error @+1 {{kernel "other_strategy" does not fit the strategy of its schedule, map}}
  %r = sinter.kernel "other_strategy" schedule #sinter.schedule<map, tile = [16, 2], vector = 4, parallel = true>
      ins(%x : tensor<4x6xf32>) outs(%e : tensor<6x4xf32>) -> tensor<6x4xf32> {
  ^bb0(%a: tensor<4x6xf32>, %o: tensor<6x4xf32>):
    %y = linalg.generic {indexing_maps = [#element, #transposed], iterator_types = ["parallel", "parallel"]}
        ins(%a : tensor<4x6xf32>) outs(%o : tensor<6x4xf32>) {
    ^bb0(%v: f32, %u: f32):
      linalg.yield %v : f32
    } -> tensor<6x4xf32>
    sinter.yield %y : tensor<6x4xf32>
  }
  return %r : tensor<6x4xf32>
}

// -----

#element = affine_map<(i, j) -> (i, j)>
func.func @item_of_part_of_an_iteration(%x: tensor<4x6xf32>, %e: tensor<4x6xf32>) -> tensor<4x6xf32> {
  // expected-error @+1 {{kernel "item" cannot be emitted with #sinter.schedule<map, tile = [12, 2], vector = 4, parallel = true>}}
  %r = sinter.kernel "item" schedule #sinter.schedule<map, tile = [12, 2], vector = 4, parallel = true>
      ins(%x : tensor<4x6xf32>) outs(%e : tensor<4x6xf32>) -> tensor<4x6xf32> {
  ^bb0(%a: tensor<4x6xf32>, %o: tensor<4x6xf32>):
    %y = linalg.generic {indexing_maps = [#element, #element], iterator_types = ["parallel", "parallel"]}
        ins(%a : tensor<4x6xf32>) outs(%o : tensor<4x6xf32>) {
    ^bb0(%v: f32, %u: f32):
      linalg.yield %v : f32
    } -> tensor<4x6xf32>
    sinter.yield %y : tensor<4x6xf32>
  }
  return %r : tensor<4x6xf32>
}

// -----

#element = affine_map<(i, j) -> (i, j)>
func.func @no_lanes(%x: tensor<4x6xf32>, %e: tensor<4x6xf32>) -> tensor<4x6xf32> {
  // expected-error @+1 {{kernel "no_lanes" cannot be emitted with #sinter.schedule<map, tile = [16, 2], vector = 0, parallel = true>}}
  %r = sinter.kernel "no_lanes" schedule #sinter.schedule<map, tile = [16, 2], vector = 0, parallel = true>
      ins(%x : tensor<4x6xf32>) outs(%e : tensor<4x6xf32>) -> tensor<4x6xf32> {
  ^bb0(%a: tensor<4x6xf32>, %o: tensor<4x6xf32>):
    %y = linalg.generic {indexing_maps = [#element, #element], iterator_types = ["parallel", "parallel"]}
        ins(%a : tensor<4x6xf32>) outs(%o : tensor<4x6xf32>) {
    ^bb0(%v: f32, %u: f32):
      linalg.yield %v : f32
    } -> tensor<4x6xf32>
    sinter.yield %y : tensor<4x6xf32>
  }
  return %r : tensor<4x6xf32>
}

// -----

// Rows that are left over from interleaving must be the last of all.
#element = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (i)>
func.func @odd_rows_in_an_item(%x: tensor<4x6xf32>, %e: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{kernel "odd" cannot be emitted with #sinter.schedule<row, tile = [3, 2, 1], vector = 4, parallel = true>}}
  %r = sinter.kernel "odd" schedule #sinter.schedule<row, tile = [3, 2, 1], vector = 4, parallel = true>
      ins(%x : tensor<4x6xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32> {
  ^bb0(%a: tensor<4x6xf32>, %o: tensor<4xf32>):
    %zero = arith.constant 0.0 : f32
    %init = linalg.fill ins(%zero : f32) outs(%o : tensor<4xf32>) -> tensor<4xf32>
    %y = linalg.generic {indexing_maps = [#element, #row], iterator_types = ["parallel", "reduction"]}
        ins(%a : tensor<4x6xf32>) outs(%init : tensor<4xf32>) {
    ^bb0(%v: f32, %u: f32):
      %z = arith.addf %u, %v : f32
      linalg.yield %z : f32
    } -> tensor<4xf32>
    sinter.yield %y : tensor<4xf32>
  }
  return %r : tensor<4xf32>
}

// -----

#element = affine_map<(i, j) -> (i, j)>
#column = affine_map<(i, j) -> (j)>
func.func @part_of_a_vector_of_columns(%x: tensor<4x6xf32>, %e: tensor<6xf32>) -> tensor<6xf32> {
  // expected-error @+1 {{kernel "part" cannot be emitted with #sinter.schedule<column, tile = [6, 0], vector = 4, parallel = true>}}
  %r = sinter.kernel "part" schedule #sinter.schedule<column, tile = [6, 0], vector = 4, parallel = true>
      ins(%x : tensor<4x6xf32>) outs(%e : tensor<6xf32>) -> tensor<6xf32> {
  ^bb0(%a: tensor<4x6xf32>, %o: tensor<6xf32>):
    %zero = arith.constant 0.0 : f32
    %init = linalg.fill ins(%zero : f32) outs(%o : tensor<6xf32>) -> tensor<6xf32>
    %y = linalg.generic {indexing_maps = [#element, #column], iterator_types = ["reduction", "parallel"]}
        ins(%a : tensor<4x6xf32>) outs(%init : tensor<6xf32>) {
    ^bb0(%v: f32, %u: f32):
      %z = arith.addf %u, %v : f32
      linalg.yield %z : f32
    } -> tensor<6xf32>
    sinter.yield %y : tensor<6xf32>
  }
  return %r : tensor<6xf32>
}

// -----

#element = affine_map<(i, j) -> (i, j)>
#column = affine_map<(i, j) -> (j)>
func.func @too_many_rows_at_once(%x: tensor<4x6xf32>, %e: tensor<6xf32>) -> tensor<6xf32> {
  // expected-error @+1 {{kernel "rows" cannot be emitted with #sinter.schedule<column, tile = [4, 33], vector = 4, parallel = true>}}
  %r = sinter.kernel "rows" schedule #sinter.schedule<column, tile = [4, 33], vector = 4, parallel = true>
      ins(%x : tensor<4x6xf32>) outs(%e : tensor<6xf32>) -> tensor<6xf32> {
  ^bb0(%a: tensor<4x6xf32>, %o: tensor<6xf32>):
    %zero = arith.constant 0.0 : f32
    %init = linalg.fill ins(%zero : f32) outs(%o : tensor<6xf32>) -> tensor<6xf32>
    %y = linalg.generic {indexing_maps = [#element, #column], iterator_types = ["reduction", "parallel"]}
        ins(%a : tensor<4x6xf32>) outs(%init : tensor<6xf32>) {
    ^bb0(%v: f32, %u: f32):
      %z = arith.addf %u, %v : f32
      linalg.yield %z : f32
    } -> tensor<6xf32>
    sinter.yield %y : tensor<6xf32>
  }
  return %r : tensor<6xf32>
}

// -----

#element = affine_map<(i, j) -> (i, j)>
#transposed = affine_map<(i, j) -> (j, i)>
func.func @no_iterations(%x: tensor<4x6xf32>, %e: tensor<6x4xf32>) -> tensor<6x4xf32> {
  // expected-error @+1 {{kernel "none" cannot be emitted with #sinter.schedule<loops, tile = [0], vector = 1, parallel = true>}}
  %r = sinter.kernel "none" schedule #sinter.schedule<loops, tile = [0], vector = 1, parallel = true>
      ins(%x : tensor<4x6xf32>) outs(%e : tensor<6x4xf32>) -> tensor<6x4xf32> {
  ^bb0(%a: tensor<4x6xf32>, %o: tensor<6x4xf32>):
    %y = linalg.generic {indexing_maps = [#element, #transposed], iterator_types = ["parallel", "parallel"]}
        ins(%a : tensor<4x6xf32>) outs(%o : tensor<6x4xf32>) {
    ^bb0(%v: f32, %u: f32):
      linalg.yield %v : f32
    } -> tensor<6x4xf32>
    sinter.yield %y : tensor<6x4xf32>
  }
  return %r : tensor<6x4xf32>
}

// -----

#element = affine_map<(i, j) -> (i, j)>
#transposed = affine_map<(i, j) -> (j, i)>
func.func @yields_a_fill(%x: tensor<4x6xf32>, %e: tensor<6x4xf32>, %f: tensor<4xf32>) -> (tensor<6x4xf32>, tensor<4xf32>) {
  // expected-error @+1 {{a kernel of strategy loops yields the results of its one generic}}
  %r:2 = sinter.kernel "fill" schedule #sinter.schedule<loops, tile = [1], vector = 1, parallel = true>
      ins(%x : tensor<4x6xf32>) outs(%e, %f : tensor<6x4xf32>, tensor<4xf32>) -> tensor<6x4xf32>, tensor<4xf32> {
  ^bb0(%a: tensor<4x6xf32>, %o: tensor<6x4xf32>, %p: tensor<4xf32>):
    %y = linalg.generic {indexing_maps = [#element, #transposed], iterator_types = ["parallel", "parallel"]}
        ins(%a : tensor<4x6xf32>) outs(%o : tensor<6x4xf32>) {
    ^bb0(%v: f32, %u: f32):
      linalg.yield %v : f32
    } -> tensor<6x4xf32>
    %zero = arith.constant 0.0 : f32
    %z = linalg.fill ins(%zero : f32) outs(%p : tensor<4xf32>) -> tensor<4xf32>
    sinter.yield %y, %z : tensor<6x4xf32>, tensor<4xf32>
  }
  return %r#0, %r#1 : tensor<6x4xf32>, tensor<4xf32>
}

// -----

// Wider than any vector register: not what shuffles transpose.
#element = affine_map<(i, j) -> (i, j)>
#transposed = affine_map<(i, j) -> (j, i)>
func.func @wide_squares(%x: tensor<64x96xf32>, %e: tensor<96x64xf32>) -> tensor<96x64xf32> {
  // expected-error @+1 {{kernel "wide_squares" cannot be emitted with #sinter.schedule<loops, tile = [32], vector = 32, parallel = true>}}
  %r = sinter.kernel "wide_squares" schedule #sinter.schedule<loops, tile = [32], vector = 32, parallel = true>
      ins(%x : tensor<64x96xf32>) outs(%e : tensor<96x64xf32>) -> tensor<96x64xf32> {
  ^bb0(%a: tensor<64x96xf32>, %o: tensor<96x64xf32>):
    %y = linalg.generic {indexing_maps = [#transposed, #element], iterator_types = ["parallel", "parallel"]}
        ins(%a : tensor<64x96xf32>) outs(%o : tensor<96x64xf32>) {
    ^bb0(%v: f32, %u: f32):
      linalg.yield %v : f32
    } -> tensor<96x64xf32>
    sinter.yield %y : tensor<96x64xf32>
  }
  return %r : tensor<96x64xf32>
}
