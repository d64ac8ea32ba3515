// Dividends and roots that a step of Newton's method makes NaN of, or loses the sign of, as a division gives them.
// REQUIRES: x86-v4
// RUN: sinter-opt %s --sinter-expand-math=avx512=true --canonicalize --cse --convert-vector-to-scf --convert-scf-to-cf --convert-vector-to-llvm \
// RUN:   --finalize-memref-to-llvm --convert-math-to-llvm --convert-func-to-llvm --convert-arith-to-llvm --convert-cf-to-llvm --convert-index-to-llvm \
// RUN:   --reconcile-unrealized-casts \
// RUN:   | mlir-runner -e main --entry-point-result=void --shared-libs=%mlir_lib_dir/libmlir_c_runner_utils.so | FileCheck %s

// By the root of 4 (half of the smallest number is rounded to the even one, 0); by the root of infinity; by the root of 0.
// CHECK: ( 0.5, -0.5, 0, -0, inf, -inf, {{-?}}nan, 1.70141e+38, 0, -5.87747e-39, 1.5, 0.166667, 5e+19, 5e-21, 5e-31, 0.333333 )
// CHECK-NEXT: ( 0, -0, 0, -0, {{-?}}nan, {{-?}}nan, {{-?}}nan, 0, 0, -0, 0, 0, 0, 0, 0, 0 )
// CHECK-NEXT: ( inf, -inf, {{-?}}nan, {{-?}}nan, inf, -inf, {{-?}}nan, inf, inf, -inf, inf, inf, inf, inf, inf, inf )
func.func @main() {
  %a = arith.constant dense<[1.0, -1.0, 0.0, -0.0, 0x7F800000, 0xFF800000, 0x7FC00000, 0x7F7FFFFF, 0x00000001, 0x80800000, 3.0, 0.3333333,
                             1.0e+20, 1.0e-20, 1.0e-30, 0.6666667]> : vector<16xf32>
  %four = arith.constant dense<4.0> : vector<16xf32>
  %infinity = arith.constant dense<0x7F800000> : vector<16xf32>
  %zero = arith.constant dense<0.0> : vector<16xf32>
  %0 = func.call @quotient(%a, %four) : (vector<16xf32>, vector<16xf32>) -> vector<16xf32>
  vector.print %0 : vector<16xf32>
  %1 = func.call @quotient(%a, %infinity) : (vector<16xf32>, vector<16xf32>) -> vector<16xf32>
  vector.print %1 : vector<16xf32>
  %2 = func.call @quotient(%a, %zero) : (vector<16xf32>, vector<16xf32>) -> vector<16xf32>
  vector.print %2 : vector<16xf32>
  return
}
func.func private @quotient(%a: vector<16xf32>, %v: vector<16xf32>) -> vector<16xf32> attributes {no_inline} {
  %root = math.sqrt %v : vector<16xf32>
  %q = arith.divf %a, %root : vector<16xf32>
  return %q : vector<16xf32>
}
