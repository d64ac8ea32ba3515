// The arithmetic of f16 run, on values whose rounding Python's struct module (format 'e') gives as below: ties to even both ways, just above and
// below ties, at the largest f16 and half a unit above it, at the smallest normal number, subnormals and ties of these, infinity and NaN. Then
// every f16 is widened and comes back, and the number half way to its neighbour goes to the even one of the two.
// RUN: sinter-opt %s --sinter-expand-math=f16=false --canonicalize --cse --convert-vector-to-scf --convert-scf-to-cf --convert-vector-to-llvm \
// RUN:   --finalize-memref-to-llvm --convert-func-to-llvm --convert-arith-to-llvm --convert-cf-to-llvm --convert-index-to-llvm \
// RUN:   --reconcile-unrealized-casts \
// RUN:   | mlir-runner -e main --entry-point-result=void --shared-libs=%mlir_lib_dir/libmlir_c_runner_utils.so | FileCheck %s

// CHECK: ( 1, 1.00195, 1.00098, -1, 65504, inf, 65504, 6.10352e-05, 6.09756e-05, 5.96046e-08, 0, 5.96046e-08, 1.19209e-07, 0, 0.0999756, -0.300049, inf, -inf, {{-?}}nan, -0 )
// CHECK-NEXT: 63490
// CHECK-NEXT: 63486
func.func @main() {
  %x = arith.constant dense<[1.00048828125, 1.00146484375, 1.00048840, -1.00048828125, 65519.996, 65520.0, 65504.0, 6.1035156e-05, 6.1e-05,
                             5.9604645e-08, 2.9802322e-08, 2.9802326e-08, 8.940697e-08, 1.0e-9, 0.1, -0.3, 0x7F800000, 0xFF800000, 0x7F800001,
                             0x80000000]> : vector<20xf32>
  %n = arith.truncf %x : vector<20xf32> to vector<20xf16>
  %r = arith.extf %n : vector<20xf16> to vector<20xf32>
  vector.print %r : vector<20xf32>

  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %all = arith.constant 65536 : index
  %zero = arith.constant 0 : i64
  %even = arith.constant -2 : i16
  %one = arith.constant 1 : i16
  %half = arith.constant 0.5 : f32
  %infinity = arith.constant 0x7F800000 : f32
  // All but NaN: 2 * 0x7C01. Of them all but infinities have a number next to them, away from 0.
  %returned, %tied = scf.for %i = %c0 to %all step %c1 iter_args(%same = %zero, %ties = %zero) -> (i64, i64) {
    %bits = arith.index_cast %i : index to i16
    %h = arith.bitcast %bits : i16 to f16
    %w = arith.extf %h : f16 to f32
    %back = func.call @narrow(%w) : (f32) -> i16
    %isSame = arith.cmpi eq, %back, %bits : i16
    %isNumber = arith.cmpf ord, %w, %w : f32
    %counts = arith.andi %isSame, %isNumber : i1
    %count = arith.extui %counts : i1 to i64
    %next = arith.addi %bits, %one : i16
    %nextHalf = arith.bitcast %next : i16 to f16
    %v = arith.extf %nextHalf : f16 to f32
    %sum = arith.addf %w, %v : f32
    %between = arith.mulf %sum, %half : f32
    %nearest = func.call @narrow(%between) : (f32) -> i16
    %up = arith.addi %bits, %one : i16
    %evenOne = arith.andi %up, %even : i16
    %isEven = arith.cmpi eq, %nearest, %evenOne : i16
    %size = arith.mulf %v, %v : f32
    %hasNext = arith.cmpf olt, %size, %infinity : f32
    %fits = arith.andi %isEven, %hasNext : i1
    %tie = arith.extui %fits : i1 to i64
    %s = arith.addi %same, %count : i64
    %t = arith.addi %ties, %tie : i64
    scf.yield %s, %t : i64, i64
  }
  vector.print %returned : i64
  vector.print %tied : i64
  return
}
func.func private @narrow(%x: f32) -> i16 attributes {no_inline} {
  %n = arith.truncf %x : f32 to f16
  %b = arith.bitcast %n : f16 to i16
  return %b : i16
}
