// The interpreter rounds where the dialect does: to the nearest bf16 or f16, of two to the even one.
// RUN: sinter-interp %s --entry rounding | FileCheck %s --check-prefix=ROUND
// RUN: sinter-interp %s --entry product | FileCheck %s --check-prefix=DOT
// RUN: sinter-interp %s --entry halves | FileCheck %s --check-prefix=F16

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

// Halfway down, halfway up, half a unit above the largest f16, the largest, half of the smallest, a subnormal, NaN.
// F16: 7xf32 [1, 1.00195, inf, 65504, 0, 5.96046e-08, nan]
func.func @halves() -> tensor<7xf32> {
  %x = sinter.constant dense<[1.00048828125, 1.00146484375, 65520.0, 65519.0, 2.9802322e-08, 2.9802326e-08, 0x7F800001]> : tensor<7xf32> -> tensor<7xf32>
  %n = sinter.convert %x : tensor<7xf32> to tensor<7xf16>
  %w = sinter.convert %n : tensor<7xf16> to tensor<7xf32>
  return %w : tensor<7xf32>
}
