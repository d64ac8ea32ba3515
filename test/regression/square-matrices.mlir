// In a square, a value per column was taken for one per row: fusion told them apart by their extents.
// RUN: sinterc %s --verify --batch=13 --keep-gradients | FileCheck %s --implicit-check-not=WRONG
// CHECK: right state w.grad

sinter.parameter @w : tensor<33x33xf64> = xavier_normal
sinter.model @forward(%x: tensor<?x33xf64>) -> (tensor<?x33xf64>, tensor<f64>) {
  %w = sinter.get @w : tensor<33x33xf64>
  %s = sinter.softmax %w dim = 0 : tensor<33x33xf64>
  %rows = sinter.reduce max %s dims = [1] : tensor<33x33xf64> -> tensor<33xf64>
  %exp = sinter.exp %rows : tensor<33xf64>
  %down = sinter.broadcast %exp dims = [0] : tensor<33xf64> -> tensor<33x33xf64>
  %across = sinter.broadcast %exp dims = [1] : tensor<33xf64> -> tensor<33x33xf64>
  %both = sinter.sub %down, %across : tensor<33x33xf64>
  %scaled = sinter.mul %s, %both : tensor<33x33xf64>
  %sum = sinter.reduce sum %scaled dims = [0, 1] : tensor<33x33xf64> -> tensor<f64>
  %y = sinter.linear %x, %s : (tensor<?x33xf64>, tensor<33x33xf64>) -> tensor<?x33xf64>
  sinter.return %y, %sum : tensor<?x33xf64>, tensor<f64>
}
sinter.loss @loss(%y: tensor<?x33xf64>, %sum: tensor<f64>, %t: tensor<?x33xf64>) -> tensor<f64> {
  %l = sinter.mse_loss %y, %t : (tensor<?x33xf64>, tensor<?x33xf64>) -> tensor<f64>
  %both = sinter.add %l, %sum : tensor<f64>
  sinter.return %both : tensor<f64>
}
sinter.optimizer sgd
