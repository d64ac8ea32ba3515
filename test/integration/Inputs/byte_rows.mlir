// Rows of as many bytes as they have numbers.
module @byte_rows {
  sinter.parameter @w : tensor<1x4xf32> = uniform(-1, 1)
  sinter.model @forward(%x: tensor<?x4xi8>) -> tensor<?x1xf32> {
    %w = sinter.get @w : tensor<1x4xf32>
    %f = sinter.convert %x : tensor<?x4xi8> to tensor<?x4xf32>
    %y = sinter.dot_general %f, %w batch = [] x [] contract = [1] x [1] : (tensor<?x4xf32>, tensor<1x4xf32>) -> tensor<?x1xf32>
    sinter.return %y : tensor<?x1xf32>
  }
  sinter.loss @loss(%y: tensor<?x1xf32>, %t: tensor<?x1xf32>) -> tensor<f32> {
    %l = sinter.mse_loss %y, %t : (tensor<?x1xf32>, tensor<?x1xf32>) -> tensor<f32>
    sinter.return %l : tensor<f32>
  }
  sinter.optimizer sgd {learning_rate = 0.0001}
}
