// The arithmetic run, on values whose rounding PyTorch (tensor.bfloat16().float()) gives as below: ties to even both ways, just above a
// tie, past the largest bf16, at and past the largest f32, subnormals, a tie of these, and NaN, which no rounding may make infinite.
// RUN: sinter-opt %s --sinter-expand-math --canonicalize --cse --convert-vector-to-scf --convert-scf-to-cf --convert-vector-to-llvm \
// RUN:   --finalize-memref-to-llvm --convert-func-to-llvm --convert-arith-to-llvm --convert-cf-to-llvm --convert-index-to-llvm \
// RUN:   --reconcile-unrealized-casts \
// RUN:   | mlir-runner -e main --entry-point-result=void --shared-libs=%mlir_lib_dir/libmlir_c_runner_utils.so | FileCheck %s

// CHECK: ( 1, 1.01562, 1.00781, -1, 3.38953e+38, inf, 9.18355e-41, 9.18355e-41, 0, 65536, 0.100098, -0.300781, inf, -inf, {{-?}}nan, {{-?}}nan )
func.func @main() {
  %x = arith.constant dense<[1.00390625, 1.01171875, 1.00390637, -1.00390625, 3.3895e+38, 3.40282347e+38, 1.0e-40, 5.0e-41, 4.0e-41,
                             65535.0, 0.1, -0.3, 0x7F800000, 0xFF800000, 0x7F800001, 0xFFFFFFFF]> : vector<16xf32>
  %r = func.call @round(%x) : (vector<16xf32>) -> vector<16xf32>
  vector.print %r : vector<16xf32>
  return
}
func.func private @round(%x: vector<16xf32>) -> vector<16xf32> attributes {no_inline} {
  %n = arith.truncf %x : vector<16xf32> to vector<16xbf16>
  %w = arith.extf %n : vector<16xbf16> to vector<16xf32>
  return %w : vector<16xf32>
}
