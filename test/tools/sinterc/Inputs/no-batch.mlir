module @no_batch {
  sinter.parameter @w : tensor<4x3xf32> = zeros
  sinter.model @forward(%x: tensor<7x3xf32>) -> tensor<7x4xf32> {
    %w = sinter.get @w : tensor<4x3xf32>
    %y = sinter.dot_general %x, %w batch = [] x [] contract = [1] x [1] : (tensor<7x3xf32>, tensor<4x3xf32>) -> tensor<7x4xf32>
    %c = sinter.broadcast %w dims = [1, 2] : tensor<4x3xf32> -> tensor<?x4x3xf32>
    %d = sinter.reduce sum %c dims = [0,1,2] : tensor<?x4x3xf32> -> tensor<f32>
    %e = sinter.broadcast %d dims = [] : tensor<f32> -> tensor<7x4xf32>
    %f = sinter.add %y, %e : tensor<7x4xf32>
    sinter.return %f : tensor<7x4xf32>
  }
  sinter.loss @mse(%y: tensor<7x4xf32>, %t: tensor<7x4xf32>) -> tensor<f32> {
    %l = sinter.mse_loss %y, %t : (tensor<7x4xf32>, tensor<7x4xf32>) -> tensor<f32>
    sinter.return %l : tensor<f32>
  }
  sinter.optimizer sgd
}
