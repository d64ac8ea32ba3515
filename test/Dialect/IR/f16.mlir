// f16 is what bf16 is (bf16.mlir): stored, moved, converted and multiplied.
// RUN: sinter-opt %s | sinter-opt | FileCheck %s
// RUN: sinter-opt %s --canonicalize | FileCheck %s --check-prefix=FOLD

// CHECK-LABEL: @products_sum_in_f32
// CHECK: sinter.dot_general {{.*}} : (tensor<?x4xf16>, tensor<3x4xf16>) -> tensor<?x3xf32>
// CHECK: sinter.linear {{.*}} : (tensor<?x4xf16>, tensor<3x4xf16>, tensor<3xf32>) -> tensor<?x3xf32>
func.func @products_sum_in_f32(%x: tensor<?x4xf32>, %w: tensor<3x4xf16>, %b: tensor<3xf32>) -> (tensor<?x3xf32>, tensor<?x3xf32>) {
  %h = sinter.convert %x : tensor<?x4xf32> to tensor<?x4xf16>
  %d = sinter.dot_general %h, %w batch = [] x [] contract = [1] x [1] : (tensor<?x4xf16>, tensor<3x4xf16>) -> tensor<?x3xf32>
  %l = sinter.linear %h, %w, %b : (tensor<?x4xf16>, tensor<3x4xf16>, tensor<3xf32>) -> tensor<?x3xf32>
  return %d, %l : tensor<?x3xf32>, tensor<?x3xf32>
}

// FOLD-LABEL: @widened_and_narrowed
// FOLD-SAME: (%[[X:.*]]: tensor<4xf16>)
// FOLD-NEXT: return %[[X]]
func.func @widened_and_narrowed(%x: tensor<4xf16>) -> tensor<4xf16> {
  %f = sinter.convert %x : tensor<4xf16> to tensor<4xf32>
  %r = sinter.convert %f : tensor<4xf32> to tensor<4xf16>
  return %r : tensor<4xf16>
}

// As wide, but with other numbers: no way from one to the other is left out.
// FOLD-LABEL: @between_halves
// FOLD-NEXT: sinter.convert %{{.*}} : tensor<4xf16> to tensor<4xf32>
// FOLD-NEXT: %[[R:.*]] = sinter.convert %{{.*}} : tensor<4xf32> to tensor<4xbf16>
// FOLD-NEXT: return %[[R]]
func.func @between_halves(%x: tensor<4xf16>) -> tensor<4xbf16> {
  %f = sinter.convert %x : tensor<4xf16> to tensor<4xf32>
  %r = sinter.convert %f : tensor<4xf32> to tensor<4xbf16>
  return %r : tensor<4xbf16>
}

// 2049 is half way between 2048 and 2050, 70000 is beyond the largest f16, 65504.
// FOLD-LABEL: @constants_are_rounded
// FOLD-DAG: dense<2.048000e+03> : tensor<4xf16>
// FOLD-DAG: dense<0x7C00> : tensor<4xf16>
func.func @constants_are_rounded() -> (tensor<4xf16>, tensor<4xf16>) {
  %a = sinter.constant dense<2049.0> : tensor<4xf32> -> tensor<4xf32>
  %b = sinter.constant dense<70000.0> : tensor<4xf32> -> tensor<4xf32>
  %x = sinter.convert %a : tensor<4xf32> to tensor<4xf16>
  %y = sinter.convert %b : tensor<4xf32> to tensor<4xf16>
  return %x, %y : tensor<4xf16>, tensor<4xf16>
}
