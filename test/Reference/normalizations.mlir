// Softmax and normalizations, against numbers computed from the definitions.
// RUN: sinter-interp %s --entry softmaxes | FileCheck %s --check-prefix=SOFTMAX
// RUN: sinter-interp %s --entry norms | FileCheck %s --check-prefix=NORM

// SOFTMAX: 2x3xf64 {{\[\[}}0.0900306, 0.244728, 0.665241], [0.0900306, 0.665241, 0.244728]]
// SOFTMAX-NEXT: 2x3xf64 {{\[\[}}-2.40761, -1.40761, -0.407606], [-2.40761, -0.407606, -1.40761]]
// SOFTMAX-NEXT: 2x3xf64 {{\[\[}}0, 0, 0], [1, 1, 1]]
func.func @softmaxes() -> (tensor<2x3xf64>, tensor<2x3xf64>, tensor<2x3xf64>) {
  // The second row would overflow if the maximum were not subtracted.
  %x = sinter.constant dense<[[1.0, 2.0, 3.0], [1000.0, 1002.0, 1001.0]]> : tensor<2x3xf64> -> tensor<2x3xf64>
  %softmax = sinter.softmax %x dim = 1 : tensor<2x3xf64>
  %log = sinter.log_softmax %x dim = 1 : tensor<2x3xf64>
  %columns = sinter.softmax %x dim = 0 : tensor<2x3xf64>
  return %softmax, %log, %columns : tensor<2x3xf64>, tensor<2x3xf64>, tensor<2x3xf64>
}

// Mean 2.5 and biased variance 1.25; mean square 7.5.
// NORM: 1x4xf64 {{\[\[}}-1.34164, -0.894427, 0.447214, 2.68328]]
// NORM-NEXT: 1x4xf64 {{\[\[}}0.365148, 1.46059, 1.09545, 2.92119]]
func.func @norms() -> (tensor<1x4xf64>, tensor<1x4xf64>) {
  %x = sinter.constant dense<[[1.0, 2.0, 3.0, 4.0]]> : tensor<1x4xf64> -> tensor<1x4xf64>
  %scale = sinter.constant dense<[1.0, 2.0, 1.0, 2.0]> : tensor<4xf64> -> tensor<4xf64>
  %shift = sinter.constant dense<0.0> : tensor<4xf64> -> tensor<4xf64>
  %layer = sinter.layer_norm %x, %scale, %shift epsilon = 1.0e-12 : tensor<1x4xf64>, tensor<4xf64>
  %rms = sinter.rms_norm %x, %scale epsilon = 1.0e-12 : tensor<1x4xf64>, tensor<4xf64>
  return %layer, %rms : tensor<1x4xf64>, tensor<1x4xf64>
}
