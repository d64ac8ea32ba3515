// Kernels that no strategy fits, with the reason.
// RUN: sinter-opt %s --sinter-plan-schedules --split-input-file --verify-diagnostics

#element = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (i)>
func.func @a_product_of_a_row(%x: tensor<4x6xf32>, %y: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{kernel "a_product_of_a_row" fits no strategy: a reduction that is not a sum or a maximum}}
  %r = sinter.kernel "a_product_of_a_row" ins(%x : tensor<4x6xf32>) outs(%y : tensor<4xf32>) -> tensor<4xf32> {
  ^bb0(%a: tensor<4x6xf32>, %o: tensor<4xf32>):
    %one = arith.constant 1.0 : f32
    %init = linalg.fill ins(%one : f32) outs(%o : tensor<4xf32>) -> tensor<4xf32>
    %p = linalg.generic {indexing_maps = [#element, #row], iterator_types = ["parallel", "reduction"]}
        ins(%a : tensor<4x6xf32>) outs(%init : tensor<4xf32>) {
    ^bb0(%v: f32, %u: f32):
      %z = arith.mulf %u, %v : f32
      linalg.yield %z : f32
    } -> tensor<4xf32>
    sinter.yield %p : tensor<4xf32>
  }
  return %r : tensor<4xf32>
}

// -----

#element = affine_map<(i, j) -> (i, j)>
#transposed = affine_map<(i, j) -> (j, i)>
func.func @two_transpositions(%x: tensor<4x6xf32>, %y: tensor<6x4xf32>, %z: tensor<6x4xf32>) -> (tensor<6x4xf32>, tensor<6x4xf32>) {
  // expected-error @+1 {{kernel "two_transpositions" fits no strategy: an operand is transposed}}
  %r:2 = sinter.kernel "two_transpositions" ins(%x : tensor<4x6xf32>) outs(%y, %z : tensor<6x4xf32>, tensor<6x4xf32>)
      -> tensor<6x4xf32>, tensor<6x4xf32> {
  ^bb0(%a: tensor<4x6xf32>, %o: tensor<6x4xf32>, %q: tensor<6x4xf32>):
    %s = linalg.generic {indexing_maps = [#element, #transposed], iterator_types = ["parallel", "parallel"]}
        ins(%a : tensor<4x6xf32>) outs(%o : tensor<6x4xf32>) {
    ^bb0(%v: f32, %u: f32):
      linalg.yield %v : f32
    } -> tensor<6x4xf32>
    %t = linalg.generic {indexing_maps = [#element, #transposed], iterator_types = ["parallel", "parallel"]}
        ins(%a : tensor<4x6xf32>) outs(%q : tensor<6x4xf32>) {
    ^bb0(%v: f32, %u: f32):
      %w = arith.negf %v : f32
      linalg.yield %w : f32
    } -> tensor<6x4xf32>
    sinter.yield %s, %t : tensor<6x4xf32>, tensor<6x4xf32>
  }
  return %r#0, %r#1 : tensor<6x4xf32>, tensor<6x4xf32>
}

// -----

#element = affine_map<(i) -> (i)>
func.func @a_cast(%x: tensor<4xf32>, %y: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{kernel "a_cast" fits no strategy: op 'tensor.cast' has no place in a kernel}}
  %r = sinter.kernel "a_cast" ins(%x : tensor<4xf32>) outs(%y : tensor<4xf32>) -> tensor<4xf32> {
  ^bb0(%a: tensor<4xf32>, %o: tensor<4xf32>):
    %c = tensor.cast %a : tensor<4xf32> to tensor<?xf32>
    %b = tensor.cast %c : tensor<?xf32> to tensor<4xf32>
    sinter.yield %b : tensor<4xf32>
  }
  return %r : tensor<4xf32>
}

// -----

#element = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (i)>
func.func @reads_what_nobody_wrote(%x: tensor<4x6xf32>, %y: tensor<4x6xf32>) -> tensor<4x6xf32> {
  // expected-error @+1 {{kernel "reads_what_nobody_wrote" fits no strategy: a generic reads an uninitialized tensor}}
  %r = sinter.kernel "reads_what_nobody_wrote" ins(%x : tensor<4x6xf32>) outs(%y : tensor<4x6xf32>) -> tensor<4x6xf32> {
  ^bb0(%a: tensor<4x6xf32>, %o: tensor<4x6xf32>):
    %e = tensor.empty() : tensor<4x6xf32>
    %f = tensor.empty() : tensor<4x6xf32>
    %s = linalg.generic {indexing_maps = [#element, #element, #element], iterator_types = ["parallel", "parallel"]}
        ins(%a, %e : tensor<4x6xf32>, tensor<4x6xf32>) outs(%f : tensor<4x6xf32>) {
    ^bb0(%v: f32, %w: f32, %u: f32):
      %z = arith.addf %v, %w : f32
      linalg.yield %z : f32
    } -> tensor<4x6xf32>
    %t = linalg.generic {indexing_maps = [#element, #element], iterator_types = ["parallel", "parallel"]}
        ins(%s : tensor<4x6xf32>) outs(%o : tensor<4x6xf32>) {
    ^bb0(%v: f32, %u: f32):
      linalg.yield %v : f32
    } -> tensor<4x6xf32>
    sinter.yield %t : tensor<4x6xf32>
  }
  return %r : tensor<4x6xf32>
}

// -----

#product = affine_map<(m, n, k) -> (m, n)>
#element = affine_map<(m, n) -> (m, n)>
func.func @operand_of_a_product(%x: tensor<4x6xf32>, %w: tensor<6x8xf32>, %y: tensor<4x8xf32>) -> tensor<4x8xf32> {
  // expected-error @+1 {{kernel "operand_of_a_product" fits no strategy: what is computed before a contraction is not elementwise of the kernel's inputs and one operand}}
  %r = sinter.kernel "operand_of_a_product" ins(%x, %w : tensor<4x6xf32>, tensor<6x8xf32>) outs(%y : tensor<4x8xf32>) -> tensor<4x8xf32> {
  ^bb0(%a: tensor<4x6xf32>, %b: tensor<6x8xf32>, %o: tensor<4x8xf32>):
    %e = tensor.empty() : tensor<4x6xf32>
    %n = linalg.generic {indexing_maps = [#element, #element], iterator_types = ["parallel", "parallel"]}
        ins(%a : tensor<4x6xf32>) outs(%e : tensor<4x6xf32>) {
    ^bb0(%v: f32, %u: f32):
      %z = arith.negf %v : f32
      linalg.yield %z : f32
    } -> tensor<4x6xf32>
    %n2 = linalg.generic {indexing_maps = [#element, #element], iterator_types = ["parallel", "parallel"]}
        ins(%n : tensor<4x6xf32>) outs(%e : tensor<4x6xf32>) {
    ^bb0(%v: f32, %u: f32):
      %z = arith.negf %v : f32
      linalg.yield %z : f32
    } -> tensor<4x6xf32>
    %zero = arith.constant 0.0 : f32
    %init = linalg.fill ins(%zero : f32) outs(%o : tensor<4x8xf32>) -> tensor<4x8xf32>
    %p = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, #product],
        iterator_types = ["parallel", "parallel", "reduction"]}
        ins(%n2, %b : tensor<4x6xf32>, tensor<6x8xf32>) outs(%init : tensor<4x8xf32>) {
    ^bb0(%v: f32, %w_: f32, %u: f32):
      %z = arith.mulf %v, %w_ : f32
      %s = arith.addf %u, %z : f32
      linalg.yield %s : f32
    } -> tensor<4x8xf32>
    sinter.yield %p : tensor<4x8xf32>
  }
  return %r : tensor<4x8xf32>
}

// -----

#product = affine_map<(m, n, k) -> (m, n)>
#element = affine_map<(m, n) -> (m, n)>
func.func @operand_with_an_index(%x: tensor<4x6xf32>, %w: tensor<6x8xf32>, %y: tensor<4x8xf32>) -> tensor<4x8xf32> {
  // expected-error @+1 {{kernel "operand_with_an_index" fits no strategy: what is computed before a contraction is not elementwise of the kernel's inputs and one operand}}
  %r = sinter.kernel "operand_with_an_index" ins(%x, %w : tensor<4x6xf32>, tensor<6x8xf32>) outs(%y : tensor<4x8xf32>) -> tensor<4x8xf32> {
  ^bb0(%a: tensor<4x6xf32>, %b: tensor<6x8xf32>, %o: tensor<4x8xf32>):
    %e = tensor.empty() : tensor<4x6xf32>
    %n = linalg.generic {indexing_maps = [#element, #element], iterator_types = ["parallel", "parallel"]}
        ins(%a : tensor<4x6xf32>) outs(%e : tensor<4x6xf32>) {
    ^bb0(%v: f32, %u: f32):
      %i = linalg.index 0 : index
      %c = arith.index_cast %i : index to i32
      %z = arith.sitofp %c : i32 to f32
      linalg.yield %z : f32
    } -> tensor<4x6xf32>
    %zero = arith.constant 0.0 : f32
    %init = linalg.fill ins(%zero : f32) outs(%o : tensor<4x8xf32>) -> tensor<4x8xf32>
    %p = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, #product],
        iterator_types = ["parallel", "parallel", "reduction"]}
        ins(%n, %b : tensor<4x6xf32>, tensor<6x8xf32>) outs(%init : tensor<4x8xf32>) {
    ^bb0(%v: f32, %w_: f32, %u: f32):
      %z = arith.mulf %v, %w_ : f32
      %s = arith.addf %u, %z : f32
      linalg.yield %s : f32
    } -> tensor<4x8xf32>
    sinter.yield %p : tensor<4x8xf32>
  }
  return %r : tensor<4x8xf32>
}
