// A norm, and a weighted sum of each row: the gradients of scale, shift and weights are sums of columns, which a GPU begins
// with the rows.
module @norm_rows {
  sinter.parameter @scale : tensor<1024xf32> = ones
  sinter.parameter @shift : tensor<1024xf32> = zeros
  sinter.parameter @weight : tensor<1024xf32> = normal(0.0, 0.05)
  sinter.model @forward(%x: tensor<?x1024xf32>) -> tensor<?xf32> {
    %scale, %shift, %weight = sinter.get @scale, @shift, @weight : tensor<1024xf32>, tensor<1024xf32>, tensor<1024xf32>
    %n = sinter.layer_norm %x, %scale, %shift : tensor<?x1024xf32>, tensor<1024xf32>
    %w = sinter.broadcast %weight dims = [1] : tensor<1024xf32> -> tensor<?x1024xf32>
    %p = sinter.mul %n, %w : tensor<?x1024xf32>
    %y = sinter.reduce sum %p dims = [1] : tensor<?x1024xf32> -> tensor<?xf32>
    sinter.return %y : tensor<?xf32>
  }
  sinter.loss @loss(%y: tensor<?xf32>, %t: tensor<?xf32>) -> tensor<f32> {
    %l = sinter.mse_loss %y, %t : (tensor<?xf32>, tensor<?xf32>) -> tensor<f32>
    sinter.return %l : tensor<f32>
  }
  sinter.optimizer adam {learning_rate = 0.01}
}
