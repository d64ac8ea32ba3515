// Partial sums of columns that no kernel of rows, or of a product, can make.
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

// -----

// Tiles of rows end where parts do.
#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
#element = affine_map<(i, j) -> (i, j)>
#part = affine_map<(i, j) -> (i floordiv 4, j)>
module attributes {sinter.batch = 7 : i64} {
func.func @tile_of_two_parts(%x: tensor<?x5xf32>, %w: tensor<5x6xf32>, %y: tensor<?x6xf32>, %e: tensor<2x6xf32>) -> (tensor<?x6xf32>, tensor<2x6xf32>) {
  // expected-error @+1 {{kernel "tile_of_two_parts" cannot be emitted with #sinter.schedule<contraction, tile = [3, 1, 4, 1, 1, 5, 0, 0, 0, 0], vector = 4, parallel = true>}}
  %r:2 = sinter.kernel "tile_of_two_parts" schedule #sinter.schedule<contraction, tile = [3, 1, 4, 1, 1, 5, 0, 0, 0, 0], vector = 4, parallel = true>
      ins(%x, %w : tensor<?x5xf32>, tensor<5x6xf32>) outs(%y, %e : tensor<?x6xf32>, tensor<2x6xf32>) -> tensor<?x6xf32>, tensor<2x6xf32> {
  ^bb0(%a: tensor<?x5xf32>, %b: tensor<5x6xf32>, %out: tensor<?x6xf32>, %o: tensor<2x6xf32>):
    %zero = arith.constant 0.0 : f32
    %init = linalg.fill ins(%zero : f32) outs(%out : tensor<?x6xf32>) -> tensor<?x6xf32>
    %p = linalg.generic {indexing_maps = [#mk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"]}
        ins(%a, %b : tensor<?x5xf32>, tensor<5x6xf32>) outs(%init : tensor<?x6xf32>) {
    ^bb0(%l: f32, %q: f32, %c: f32):
      %m = arith.mulf %l, %q : f32
      %s = arith.addf %c, %m : f32
      linalg.yield %s : f32
    } -> tensor<?x6xf32>
    %start = linalg.fill ins(%zero : f32) outs(%o : tensor<2x6xf32>) -> tensor<2x6xf32>
    %t = linalg.generic {indexing_maps = [#element, #part], iterator_types = ["reduction", "parallel"]}
        ins(%p : tensor<?x6xf32>) outs(%start : tensor<2x6xf32>) {
    ^bb0(%v: f32, %u: f32):
      %z = arith.addf %u, %v : f32
      linalg.yield %z : f32
    } -> tensor<2x6xf32>
    sinter.yield %p, %t : tensor<?x6xf32>, tensor<2x6xf32>
  }
  return %r#0, %r#1 : tensor<?x6xf32>, tensor<2x6xf32>
}
}

// -----

// So do work items.
#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
#element = affine_map<(i, j) -> (i, j)>
#part = affine_map<(i, j) -> (i floordiv 4, j)>
module attributes {sinter.batch = 7 : i64} {
func.func @item_within_a_part(%x: tensor<?x5xf32>, %w: tensor<5x6xf32>, %y: tensor<?x6xf32>, %e: tensor<2x6xf32>) -> (tensor<?x6xf32>, tensor<2x6xf32>) {
  // expected-error @+1 {{kernel "item_within_a_part" cannot be emitted with #sinter.schedule<contraction, tile = [2, 1, 1, 1, 1, 5, 0, 0, 0, 0], vector = 4, parallel = true>}}
  %r:2 = sinter.kernel "item_within_a_part" schedule #sinter.schedule<contraction, tile = [2, 1, 1, 1, 1, 5, 0, 0, 0, 0], vector = 4, parallel = true>
      ins(%x, %w : tensor<?x5xf32>, tensor<5x6xf32>) outs(%y, %e : tensor<?x6xf32>, tensor<2x6xf32>) -> tensor<?x6xf32>, tensor<2x6xf32> {
  ^bb0(%a: tensor<?x5xf32>, %b: tensor<5x6xf32>, %out: tensor<?x6xf32>, %o: tensor<2x6xf32>):
    %zero = arith.constant 0.0 : f32
    %init = linalg.fill ins(%zero : f32) outs(%out : tensor<?x6xf32>) -> tensor<?x6xf32>
    %p = linalg.generic {indexing_maps = [#mk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"]}
        ins(%a, %b : tensor<?x5xf32>, tensor<5x6xf32>) outs(%init : tensor<?x6xf32>) {
    ^bb0(%l: f32, %q: f32, %c: f32):
      %m = arith.mulf %l, %q : f32
      %s = arith.addf %c, %m : f32
      linalg.yield %s : f32
    } -> tensor<?x6xf32>
    %start = linalg.fill ins(%zero : f32) outs(%o : tensor<2x6xf32>) -> tensor<2x6xf32>
    %t = linalg.generic {indexing_maps = [#element, #part], iterator_types = ["reduction", "parallel"]}
        ins(%p : tensor<?x6xf32>) outs(%start : tensor<2x6xf32>) {
    ^bb0(%v: f32, %u: f32):
      %z = arith.addf %u, %v : f32
      linalg.yield %z : f32
    } -> tensor<2x6xf32>
    sinter.yield %p, %t : tensor<?x6xf32>, tensor<2x6xf32>
  }
  return %r#0, %r#1 : tensor<?x6xf32>, tensor<2x6xf32>
}
}

// -----

#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
#element = affine_map<(i, j) -> (i, j)>
#part = affine_map<(i, j) -> (i floordiv 4, j)>
module attributes {sinter.batch = 7 : i64} {
func.func @lanes_of_two_parts(%x: tensor<?x5xf32>, %w: tensor<5x6xf32>, %y: tensor<?x6xf32>, %e: tensor<2x6xf32>) -> (tensor<?x6xf32>, tensor<2x6xf32>) {
  // expected-error @+1 {{kernel "lanes_of_two_parts" cannot be emitted with #sinter.schedule<contraction, tile = [3, 3, 1, 1, 1, 5, 1, 1, 0, 0], vector = 4, parallel = true>}}
  %r:2 = sinter.kernel "lanes_of_two_parts" schedule #sinter.schedule<contraction, tile = [3, 3, 1, 1, 1, 5, 1, 1, 0, 0], vector = 4, parallel = true>
      ins(%x, %w : tensor<?x5xf32>, tensor<5x6xf32>) outs(%y, %e : tensor<?x6xf32>, tensor<2x6xf32>) -> tensor<?x6xf32>, tensor<2x6xf32> {
  ^bb0(%a: tensor<?x5xf32>, %b: tensor<5x6xf32>, %out: tensor<?x6xf32>, %o: tensor<2x6xf32>):
    %zero = arith.constant 0.0 : f32
    %init = linalg.fill ins(%zero : f32) outs(%out : tensor<?x6xf32>) -> tensor<?x6xf32>
    %p = linalg.generic {indexing_maps = [#mk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"]}
        ins(%a, %b : tensor<?x5xf32>, tensor<5x6xf32>) outs(%init : tensor<?x6xf32>) {
    ^bb0(%l: f32, %q: f32, %c: f32):
      %m = arith.mulf %l, %q : f32
      %s = arith.addf %c, %m : f32
      linalg.yield %s : f32
    } -> tensor<?x6xf32>
    %start = linalg.fill ins(%zero : f32) outs(%o : tensor<2x6xf32>) -> tensor<2x6xf32>
    %t = linalg.generic {indexing_maps = [#element, #part], iterator_types = ["reduction", "parallel"]}
        ins(%p : tensor<?x6xf32>) outs(%start : tensor<2x6xf32>) {
    ^bb0(%v: f32, %u: f32):
      %z = arith.addf %u, %v : f32
      linalg.yield %z : f32
    } -> tensor<2x6xf32>
    sinter.yield %p, %t : tensor<?x6xf32>, tensor<2x6xf32>
  }
  return %r#0, %r#1 : tensor<?x6xf32>, tensor<2x6xf32>
}
}

// -----

// 7 rows are two parts of 4.
#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
#element = affine_map<(i, j) -> (i, j)>
#part = affine_map<(i, j) -> (i floordiv 4, j)>
module attributes {sinter.batch = 7 : i64} {
func.func @parts_without_rows(%x: tensor<?x5xf32>, %w: tensor<5x6xf32>, %y: tensor<?x6xf32>, %e: tensor<3x6xf32>) -> (tensor<?x6xf32>, tensor<3x6xf32>) {
  // expected-error @+1 {{kernel "parts_without_rows" cannot be emitted with #sinter.schedule<contraction, tile = [2, 1, 2, 1, 1, 5, 0, 0, 0, 0], vector = 4, parallel = true>}}
  %r:2 = sinter.kernel "parts_without_rows" schedule #sinter.schedule<contraction, tile = [2, 1, 2, 1, 1, 5, 0, 0, 0, 0], vector = 4, parallel = true>
      ins(%x, %w : tensor<?x5xf32>, tensor<5x6xf32>) outs(%y, %e : tensor<?x6xf32>, tensor<3x6xf32>) -> tensor<?x6xf32>, tensor<3x6xf32> {
  ^bb0(%a: tensor<?x5xf32>, %b: tensor<5x6xf32>, %out: tensor<?x6xf32>, %o: tensor<3x6xf32>):
    %zero = arith.constant 0.0 : f32
    %init = linalg.fill ins(%zero : f32) outs(%out : tensor<?x6xf32>) -> tensor<?x6xf32>
    %p = linalg.generic {indexing_maps = [#mk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"]}
        ins(%a, %b : tensor<?x5xf32>, tensor<5x6xf32>) outs(%init : tensor<?x6xf32>) {
    ^bb0(%l: f32, %q: f32, %c: f32):
      %m = arith.mulf %l, %q : f32
      %s = arith.addf %c, %m : f32
      linalg.yield %s : f32
    } -> tensor<?x6xf32>
    %start = linalg.fill ins(%zero : f32) outs(%o : tensor<3x6xf32>) -> tensor<3x6xf32>
    %t = linalg.generic {indexing_maps = [#element, #part], iterator_types = ["reduction", "parallel"]}
        ins(%p : tensor<?x6xf32>) outs(%start : tensor<3x6xf32>) {
    ^bb0(%v: f32, %u: f32):
      %z = arith.addf %u, %v : f32
      linalg.yield %z : f32
    } -> tensor<3x6xf32>
    sinter.yield %p, %t : tensor<?x6xf32>, tensor<3x6xf32>
  }
  return %r#0, %r#1 : tensor<?x6xf32>, tensor<3x6xf32>
}
}
