// The interpreter rounds where the dialect does: to the nearest bf16, of two to the even one.
// RUN: sinter-interp %s --entry rounding | FileCheck %s --check-prefix=ROUND
// RUN: sinter-interp %s --entry product | FileCheck %s --check-prefix=DOT

// Halfway down, halfway up, just above halfway, the largest f32, a subnormal, NaN.
// ROUND: 6xf32 [1, 1.01562, 1.00781, inf, 9.18355e-41, nan]
func.func @rounding() -> tensor<6xf32> {
  %x = sinter.constant dense<[1.00390625, 1.01171875, 1.00390637, 3.40282347e+38, 1.0e-40, 0x7F800001]> : tensor<6xf32> -> tensor<6xf32>
  %n = sinter.convert %x : tensor<6xf32> to tensor<6xbf16>
  %w = sinter.convert %n : tensor<6xbf16> to tensor<6xf32>
  return %w : tensor<6xf32>
}

// 257 * 257 + 1 is not rounded, its factors are: 257 is 256 in bf16.
// DOT: 1x1xf32 {{\[\[}}65537]]
func.func @product() -> tensor<1x1xf32> {
  %a = sinter.constant dense<[[257.0, 1.0]]> : tensor<1x2xf32> -> tensor<1x2xf32>
  %h = sinter.convert %a : tensor<1x2xf32> to tensor<1x2xbf16>
  %y = sinter.dot_general %h, %h batch = [] x [] contract = [1] x [1] : (tensor<1x2xbf16>, tensor<1x2xbf16>) -> tensor<1x1xf32>
  return %y : tensor<1x1xf32>
}
