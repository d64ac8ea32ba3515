// Sums with products are rounded once where the target has multiply-adds, and where nothing else uses the product.
// RUN: sinter-opt %s --sinter-expand-math --canonicalize --split-input-file | FileCheck %s
// RUN: sinter-opt %s --sinter-expand-math=fma=false --canonicalize --split-input-file | FileCheck %s --check-prefix=SPLIT
// SPLIT-NOT: math.fma

// CHECK-LABEL: func.func @sums
// CHECK-SAME:    (%[[A:.*]]: vector<8xf32>, %[[B:.*]]: vector<8xf32>, %[[C:.*]]: vector<8xf32>)
// CHECK-DAG:     %[[MINUSC:.*]] = arith.negf %[[C]]
// CHECK-DAG:     %[[MINUSA:.*]] = arith.negf %[[A]]
// CHECK-DAG:     math.fma %[[A]], %[[B]], %[[C]]
// CHECK-DAG:     math.fma %[[A]], %[[B]], %[[C]]
// CHECK-DAG:     math.fma %[[A]], %[[B]], %[[MINUSC]]
// CHECK-DAG:     math.fma %[[MINUSA]], %[[B]], %[[C]]
// CHECK-NOT:     arith.mulf
// CHECK:         return
func.func @sums(%a: vector<8xf32>, %b: vector<8xf32>, %c: vector<8xf32>)
    -> (vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>) {
  %p = arith.mulf %a, %b : vector<8xf32>
  %s = arith.addf %p, %c : vector<8xf32>
  %q = arith.mulf %a, %b : vector<8xf32>
  %t = arith.addf %c, %q : vector<8xf32>
  %r = arith.mulf %a, %b : vector<8xf32>
  %d = arith.subf %r, %c : vector<8xf32>
  %u = arith.mulf %a, %b : vector<8xf32>
  %e = arith.subf %c, %u : vector<8xf32>
  return %s, %t, %d, %e : vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>
}

// -----

// Of two products the first; scalars too, and f64.
// CHECK-LABEL: func.func @two
// CHECK-SAME:    (%[[A:.*]]: f64, %[[B:.*]]: f64, %[[C:.*]]: f64)
// CHECK:         %[[SECOND:.*]] = arith.mulf %[[B]], %[[C]]
// CHECK-NEXT:    math.fma %[[A]], %[[B]], %[[SECOND]]
func.func @two(%a: f64, %b: f64, %c: f64) -> f64 {
  %p = arith.mulf %a, %b : f64
  %q = arith.mulf %b, %c : f64
  %s = arith.addf %p, %q : f64
  return %s : f64
}

// -----

// A product that is used twice, or was computed before a loop; f16, whose sums are conversions to f32 and back.
// CHECK-LABEL: func.func @apart
// CHECK-NOT:     math.fma
func.func @apart(%a: vector<8xf32>, %b: vector<8xf32>, %h: vector<8xf16>, %n: index) -> (vector<8xf32>, vector<8xf32>, vector<8xf16>) {
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  %p = arith.mulf %a, %b : vector<8xf32>
  %s = arith.addf %p, %b : vector<8xf32>
  %t = arith.maximumf %p, %s : vector<8xf32>
  %q = arith.mulf %t, %b : vector<8xf32>
  %l = scf.for %i = %zero to %n step %one iter_args(%x = %a) -> vector<8xf32> {
    %y = arith.addf %x, %q : vector<8xf32>
    scf.yield %y : vector<8xf32>
  }
  %g = arith.mulf %h, %h : vector<8xf16>
  %f = arith.addf %g, %h : vector<8xf16>
  return %t, %l, %f : vector<8xf32>, vector<8xf32>, vector<8xf16>
}
