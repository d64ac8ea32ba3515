// The losses: PyTorch's definitions on small numbers.
// RUN: sinter-interp %s --entry regression | FileCheck %s --check-prefix=REGRESSION
// RUN: sinter-interp %s --entry classification | FileCheck %s --check-prefix=CLASSES

// y - t = [0.5, -2, 1].
// REGRESSION: f64 1.75
// REGRESSION-NEXT: f64 5.25
// REGRESSION-NEXT: f64 1.16667
// REGRESSION-NEXT: f64 0.708333
// REGRESSION-NEXT: f64 0.458333
func.func @regression() -> (tensor<f64>, tensor<f64>, tensor<f64>, tensor<f64>, tensor<f64>) {
  %y = sinter.constant dense<[[1.0, -1.0, 2.0]]> : tensor<1x3xf64> -> tensor<1x3xf64>
  %t = sinter.constant dense<[[0.5, 1.0, 1.0]]> : tensor<1x3xf64> -> tensor<1x3xf64>
  %mse = sinter.mse_loss %y, %t : (tensor<1x3xf64>, tensor<1x3xf64>) -> tensor<f64>
  %sum = sinter.mse_loss %y, %t sum : (tensor<1x3xf64>, tensor<1x3xf64>) -> tensor<f64>
  %l1 = sinter.l1_loss %y, %t : (tensor<1x3xf64>, tensor<1x3xf64>) -> tensor<f64>
  %huber = sinter.huber_loss %y, %t : (tensor<1x3xf64>, tensor<1x3xf64>) -> tensor<f64>
  %half = sinter.huber_loss %y, %t delta = 0.5 : (tensor<1x3xf64>, tensor<1x3xf64>) -> tensor<f64>
  return %mse, %sum, %l1, %huber, %half : tensor<f64>, tensor<f64>, tensor<f64>, tensor<f64>, tensor<f64>
}

// log_softmax of [1, 2, 3] is [-2.40761, -1.40761, -0.407606].
// CLASSES: f64 1.40761
// CLASSES-NEXT: f64 2.81521
// CLASSES-NEXT: f64 1.40761
// CLASSES-NEXT: f64 1.10761
// CLASSES-NEXT: f64 0.907606
// CLASSES-NEXT: f64 0.503204
func.func @classification() -> (tensor<f64>, tensor<f64>, tensor<f64>, tensor<f64>, tensor<f64>, tensor<f64>) {
  %y = sinter.constant dense<[[1.0, 2.0, 3.0], [1.0, 2.0, 3.0]]> : tensor<2x3xf64> -> tensor<2x3xf64>
  %label = sinter.constant dense<[0, 2]> : tensor<2xi32> -> tensor<2xi32>
  %p = sinter.constant dense<[[0.0, 0.5, 0.5], [0.0, 0.5, 0.5]]> : tensor<2x3xf64> -> tensor<2x3xf64>
  %mean = sinter.cross_entropy %y, %label : (tensor<2x3xf64>, tensor<2xi32>) -> tensor<f64>
  %sum = sinter.cross_entropy %y, %label sum : (tensor<2x3xf64>, tensor<2xi32>) -> tensor<f64>
  // 0.9 (2.40761 + 0.407606) / 2 + 0.1 (2.40761 + 1.40761 + 0.407606) / 3
  %smooth = sinter.cross_entropy %y, %label label_smoothing = 0.1 : (tensor<2x3xf64>, tensor<2xi32>) -> tensor<f64>
  // 0.6 (1.40761 + 0.407606) / 2 + 0.4 (2.40761 + 1.40761 + 0.407606) / 3
  %both = sinter.cross_entropy %y, %p label_smoothing = 0.4 : (tensor<2x3xf64>, tensor<2x3xf64>) -> tensor<f64>
  %probabilities = sinter.cross_entropy %y, %p : (tensor<2x3xf64>, tensor<2x3xf64>) -> tensor<f64>
  %z = sinter.constant dense<[0.0, 1.0]> : tensor<2xf64> -> tensor<2xf64>
  %t = sinter.constant dense<[0.5, 1.0]> : tensor<2xf64> -> tensor<2xf64>
  // (log 2 + log(1 + 1/e)) / 2
  %bce = sinter.bce_with_logits %z, %t : (tensor<2xf64>, tensor<2xf64>) -> tensor<f64>
  return %mean, %sum, %smooth, %both, %probabilities, %bce : tensor<f64>, tensor<f64>, tensor<f64>, tensor<f64>, tensor<f64>, tensor<f64>
}
