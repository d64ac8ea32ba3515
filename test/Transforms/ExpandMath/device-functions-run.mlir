// Functions where there is no libm: none is left, and values that formulas would miss. The others are measured by
// test/numeric/math_accuracy.py.
// RUN: sinter-opt %s --sinter-expand-math=libm=false --canonicalize --cse | FileCheck %s --check-prefix=ALONE
// RUN: sinter-opt %s --sinter-expand-math=libm=false --canonicalize --cse --convert-vector-to-scf --convert-scf-to-cf \
// RUN:   --convert-vector-to-llvm --finalize-memref-to-llvm --convert-math-to-llvm --convert-func-to-llvm --convert-arith-to-llvm \
// RUN:   --convert-cf-to-llvm --convert-index-to-llvm --reconcile-unrealized-casts \
// RUN:   | mlir-runner -e main --entry-point-result=void --shared-libs=%mlir_lib_dir/libmlir_c_runner_utils.so | FileCheck %s

// ALONE-NOT: math.{{a?(cos|sin|tan)}}
// ALONE-NOT: math.{{(erf|exp|fpowi|log|cbrt|round|is)}}

// In all quadrants, on the axes, with zeros of both signs, infinities, quotients that overflow, NaN.
// CHECK: ( 0.785398, 2.35619, -2.35619, -0.785398, 1.5708, -1.5708, 0, 3.14159 )
// CHECK-NEXT: ( -0, -3.14159, 0.785398, -2.35619, 1.5708, 0, {{-?}}nan, {{-?}}nan )
// CHECK-NEXT: ( 0.785398, 2.35619, -2.35619, -0.785398, 1.5708, -1.5708, 0, 3.14159 )
// A lane that is large, infinite or NaN must not change what small ones beside it give.
// CHECK-NEXT: ( 0, 1e-30, -0.487506, {{-?}}nan )
// CHECK-NEXT: ( 1, 1, 0.87312, {{-?}}nan )
// CHECK-NEXT: ( 0, 1e-30, -0.55835, {{-?}}nan )
// Powers of two and their logarithms are exact.
// CHECK-NEXT: ( 1024, 4.94066e-324, inf, 0 )
// CHECK-NEXT: ( 10, -1074, -inf, {{-?}}nan )
// Halves are rounded away from zero; what is below one half, and what has no fraction, is not.
// CHECK-NEXT: ( 3, -3, 0, -0, 8.38861e+06, inf, {{-?}}nan, 1 )
// CHECK-NEXT: ( 1, 1, 1, 1, 1, 0, 0, 1 )
// CHECK-NEXT: ( 0, 0, 0, 0, 0, 1, 0, 0 )
// CHECK-NEXT: ( 0, 0, 0, 0, 0, 0, 1, 0 )
// Powers of integers: of 0 anything is 1; the least exponent has no negative; results that are subnormal, 0 or infinite; zeros keep their sign.
// CHECK-NEXT: ( 1, 1, 1, -8, -0.125, 0, inf, 1 )
// CHECK-NEXT: ( -inf, inf, -0, 0, -inf, -0, 4.94066e-324, {{-?}}nan )
// CHECK-NEXT: ( 243, -243, -0, inf )
// Tails of erfc, and where it is 0.
// CHECK-NEXT: ( 1, 2, 0, {{-?}}nan, 2.08849e-45, 4.94066e-324, 0, 2 )
func.func @main() {
  %y = arith.constant dense<[1.0, 1.0, -1.0, -1.0, 2.0, -2.0, 0.0, 0.0]> : vector<8xf32>
  %x = arith.constant dense<[1.0, -1.0, -1.0, 1.0, 0.0, -0.0, 5.0, -5.0]> : vector<8xf32>
  %0 = func.call @angles(%y, %x) : (vector<8xf32>, vector<8xf32>) -> vector<8xf32>
  vector.print %0 : vector<8xf32>
  %v = arith.constant dense<[-0.0, -0.0, 0x7F800000, 0xFF800000, 3.0e+38, 1.0e-38, 0x7FC00000, 1.0]> : vector<8xf32>
  %u = arith.constant dense<[0.0, -0.0, 0x7F800000, 0xFF800000, 1.0e-30, 3.0e+38, 1.0, 0x7FC00000]> : vector<8xf32>
  %1 = func.call @angles(%v, %u) : (vector<8xf32>, vector<8xf32>) -> vector<8xf32>
  vector.print %1 : vector<8xf32>
  %yd = arith.extf %y : vector<8xf32> to vector<8xf64>
  %xd = arith.extf %x : vector<8xf32> to vector<8xf64>
  %2 = func.call @wide_angles(%yd, %xd) : (vector<8xf64>, vector<8xf64>) -> vector<8xf64>
  vector.print %2 : vector<8xf64>
  %m = arith.constant dense<[0.0, 1.0e-30, 1.0e+10, 0x7F800000]> : vector<4xf32>
  %s, %c, %t = func.call @beside_large(%m) : (vector<4xf32>) -> (vector<4xf32>, vector<4xf32>, vector<4xf32>)
  vector.print %s : vector<4xf32>
  vector.print %c : vector<4xf32>
  vector.print %t : vector<4xf32>
  %e = arith.constant dense<[10.0, -1074.0, 1024.0, -1076.0]> : vector<4xf64>
  %l = arith.constant dense<[1024.0, 0x0000000000000001, 0.0, -1.0]> : vector<4xf64>
  %p, %q = func.call @base_two(%e, %l) : (vector<4xf64>, vector<4xf64>) -> (vector<4xf64>, vector<4xf64>)
  vector.print %p : vector<4xf64>
  vector.print %q : vector<4xf64>
  %h = arith.constant dense<[2.5, -2.5, 0x3EFFFFFF, -0.0, 8388609.0, 0x7F800000, 0x7FC00000, 1.25]> : vector<8xf32>
  %r, %f, %i, %n = func.call @rounded(%h) : (vector<8xf32>) -> (vector<8xf32>, vector<8xi1>, vector<8xi1>, vector<8xi1>)
  vector.print %r : vector<8xf32>
  vector.print %f : vector<8xi1>
  vector.print %i : vector<8xi1>
  vector.print %n : vector<8xi1>
  call @more() : () -> ()
  return
}
func.func @more() {
  %b0 = arith.constant dense<[0x7FF8000000000000, 0.0, 0x7FF0000000000000, -2.0, -2.0, 2.0, 0.5, -1.0]> : vector<8xf64>
  %n0 = arith.constant dense<[0, 0, 0, 3, -3, -2147483648, -2147483648, -2147483648]> : vector<8xi32>
  %0 = func.call @powers(%b0, %n0) : (vector<8xf64>, vector<8xi32>) -> vector<8xf64>
  vector.print %0 : vector<8xf64>
  %b1 = arith.constant dense<[-0.0, -0.0, -0.0, 0x7FF0000000000000, 0xFFF0000000000000, 0xFFF0000000000000, 2.0, 0x7FF8000000000000]> : vector<8xf64>
  %n1 = arith.constant dense<[-3, -2, 3, -1, 5, -5, -1074, 1]> : vector<8xi32>
  %1 = func.call @powers(%b1, %n1) : (vector<8xf64>, vector<8xi32>) -> vector<8xf64>
  vector.print %1 : vector<8xf64>
  %b2 = arith.constant dense<[3.0, -3.0, -0.0, 0x7F800000]> : vector<4xf32>
  %2 = func.call @fifth(%b2) : (vector<4xf32>) -> vector<4xf32>
  vector.print %2 : vector<4xf32>
  %x = arith.constant dense<[0.0, 0xFFF0000000000000, 0x7FF0000000000000, 0x7FF8000000000000, 10.0, 27.22, 28.0, -28.0]> : vector<8xf64>
  %3 = func.call @complement(%x) : (vector<8xf64>) -> vector<8xf64>
  vector.print %3 : vector<8xf64>
  return
}
func.func private @powers(%x: vector<8xf64>, %n: vector<8xi32>) -> vector<8xf64> attributes {no_inline} {
  %p = math.fpowi %x, %n : vector<8xf64>, vector<8xi32>
  return %p : vector<8xf64>
}
func.func private @fifth(%x: vector<4xf32>) -> vector<4xf32> attributes {no_inline} {
  %n = arith.constant dense<5> : vector<4xi32>
  %p = math.fpowi %x, %n : vector<4xf32>, vector<4xi32>
  return %p : vector<4xf32>
}
func.func private @complement(%x: vector<8xf64>) -> vector<8xf64> attributes {no_inline} {
  %c = math.erfc %x : vector<8xf64>
  return %c : vector<8xf64>
}
func.func private @angles(%y: vector<8xf32>, %x: vector<8xf32>) -> vector<8xf32> attributes {no_inline} {
  %a = math.atan2 %y, %x : vector<8xf32>
  return %a : vector<8xf32>
}
func.func private @wide_angles(%y: vector<8xf64>, %x: vector<8xf64>) -> vector<8xf64> attributes {no_inline} {
  %a = math.atan2 %y, %x : vector<8xf64>
  return %a : vector<8xf64>
}
func.func private @beside_large(%x: vector<4xf32>) -> (vector<4xf32>, vector<4xf32>, vector<4xf32>) attributes {no_inline} {
  %s = math.sin %x : vector<4xf32>
  %c = math.cos %x : vector<4xf32>
  %t = math.tan %x : vector<4xf32>
  return %s, %c, %t : vector<4xf32>, vector<4xf32>, vector<4xf32>
}
func.func private @rounded(%x: vector<8xf32>) -> (vector<8xf32>, vector<8xi1>, vector<8xi1>, vector<8xi1>) attributes {no_inline} {
  %r = math.round %x : vector<8xf32>
  %f = math.isfinite %x : vector<8xf32>
  %i = math.isinf %x : vector<8xf32>
  %n = math.isnan %x : vector<8xf32>
  return %r, %f, %i, %n : vector<8xf32>, vector<8xi1>, vector<8xi1>, vector<8xi1>
}
func.func private @base_two(%x: vector<4xf64>, %y: vector<4xf64>) -> (vector<4xf64>, vector<4xf64>) attributes {no_inline} {
  %e = math.exp2 %x : vector<4xf64>
  %l = math.log2 %y : vector<4xf64>
  return %e, %l : vector<4xf64>, vector<4xf64>
}
