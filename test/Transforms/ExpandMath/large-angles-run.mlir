// Sine and cosine of large arguments without libm: Payne and Hanek's reduction, against the correctly rounded values; among them
// the double that comes closest to a multiple of pi / 2, and infinity and NaN.
// RUN: sinter-opt %s --sinter-expand-math=libm=false --canonicalize --cse | FileCheck %s --check-prefix=ALONE
// RUN: sinter-opt %s --sinter-expand-math=libm=false --canonicalize --cse --convert-vector-to-scf --convert-scf-to-cf \
// RUN:   --convert-vector-to-llvm --finalize-memref-to-llvm --convert-math-to-llvm --convert-func-to-llvm --convert-arith-to-llvm \
// RUN:   --convert-cf-to-llvm --convert-index-to-llvm --reconcile-unrealized-casts \
// RUN:   | mlir-runner -e main --entry-point-result=void --shared-libs=%mlir_lib_dir/libmlir_c_runner_utils.so | FileCheck %s

// ALONE-NOT: math.sin
// ALONE-NOT: math.cos
// CHECK: ( -0.856625, 0.349993, -0.487506, -0.521877, -0.960413, 0.877524, {{-?}}nan, {{-?}}nan )
// CHECK-NEXT: ( 0.515939, 0.936752, 0.87312, 0.853021, -0.278581, -0.479533, {{-?}}nan, {{-?}}nan )
// CHECK-NEXT: ( 0.225591, -0.858273, -0.852201, 0.00496195, 1, -0.999124, {{-?}}nan, {{-?}}nan )
// CHECK-NEXT: ( -0.974222, -0.513194, 0.523215, -0.999988, -4.68717e-19, -0.0418538, {{-?}}nan, {{-?}}nan )
func.func @main() {
  %x = arith.constant dense<[131072.5, -1000000.0, 10000000000.0, 3.4028234663852886e+38, 123456792.0, -6.99999978844242e+20, 0x7F800000, 0x7FC00000]> : vector<8xf32>
  %s, %c = func.call @narrow(%x) : (vector<8xf32>) -> (vector<8xf32>, vector<8xf32>)
  vector.print %s : vector<8xf32>
  vector.print %c : vector<8xf32>
  %y = arith.constant dense<[150000000.0, -1000000000000000.0, 1.0e+22, 1.7976931348623157e+308, 5.319372648326541e+255, -3.0e+100, 0xFFF0000000000000, 0x7FF8000000000000]> : vector<8xf64>
  %t, %d = func.call @wide(%y) : (vector<8xf64>) -> (vector<8xf64>, vector<8xf64>)
  vector.print %t : vector<8xf64>
  vector.print %d : vector<8xf64>
  return
}
func.func private @narrow(%x: vector<8xf32>) -> (vector<8xf32>, vector<8xf32>) attributes {no_inline} {
  %s = math.sin %x : vector<8xf32>
  %c = math.cos %x : vector<8xf32>
  return %s, %c : vector<8xf32>, vector<8xf32>
}
func.func private @wide(%x: vector<8xf64>) -> (vector<8xf64>, vector<8xf64>) attributes {no_inline} {
  %s = math.sin %x : vector<8xf64>
  %c = math.cos %x : vector<8xf64>
  return %s, %c : vector<8xf64>, vector<8xf64>
}
