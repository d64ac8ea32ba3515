// Products of many tiles, so that each tile of the contraction skeleton for GPUs is chosen: 128 x 128, 64 x 64, 32 x 32.
module @gpu_tiles {
  sinter.parameter @large : tensor<33x200x3xf32> = uniform(-1.0, 1.0)
  sinter.parameter @middle : tensor<33x100x5xf32> = uniform(-1.0, 1.0)
  sinter.parameter @small : tensor<33x50x17xf32> = uniform(-1.0, 1.0)

  sinter.model @forward(%x: tensor<?x3xf32>) -> tensor<?x200xf32> {
    %a, %b, %c = sinter.get @large, @middle, @small : tensor<33x200x3xf32>, tensor<33x100x5xf32>, tensor<33x50x17xf32>
    %p = sinter.dot_general %a, %a batch = [0] x [0] contract = [2] x [2] : (tensor<33x200x3xf32>, tensor<33x200x3xf32>) -> tensor<33x200x200xf32>
    %q = sinter.dot_general %b, %b batch = [0] x [0] contract = [2] x [2] : (tensor<33x100x5xf32>, tensor<33x100x5xf32>) -> tensor<33x100x100xf32>
    %r = sinter.dot_general %c, %c batch = [0] x [0] contract = [2] x [2] : (tensor<33x50x17xf32>, tensor<33x50x17xf32>) -> tensor<33x50x50xf32>
    %pt = sinter.tanh %p : tensor<33x200x200xf32>
    %ps = sinter.reduce mean %pt dims = [0, 1, 2] : tensor<33x200x200xf32> -> tensor<f32>
    %qs = sinter.reduce mean %q dims = [0, 1, 2] : tensor<33x100x100xf32> -> tensor<f32>
    %rs = sinter.reduce mean %r dims = [0, 1, 2] : tensor<33x50x50xf32> -> tensor<f32>
    %pq = sinter.add %ps, %qs : tensor<f32>
    %s = sinter.add %pq, %rs : tensor<f32>
    %w = sinter.slice %a [0:1:1, 0:200:1, 0:3:1] : tensor<33x200x3xf32> -> tensor<1x200x3xf32>
    %v = sinter.reshape %w : tensor<1x200x3xf32> -> tensor<200x3xf32>
    %y = sinter.dot_general %x, %v batch = [] x [] contract = [1] x [1] : (tensor<?x3xf32>, tensor<200x3xf32>) -> tensor<?x200xf32>
    %t = sinter.broadcast %s dims = [] : tensor<f32> -> tensor<?x200xf32>
    %z = sinter.add %y, %t : tensor<?x200xf32>
    sinter.return %z : tensor<?x200xf32>
  }
  sinter.loss @loss(%z: tensor<?x200xf32>, %t: tensor<?x200xf32>) -> tensor<f32> {
    %l = sinter.mse_loss %z, %t : (tensor<?x200xf32>, tensor<?x200xf32>) -> tensor<f32>
    sinter.return %l : tensor<f32>
  }
  sinter.optimizer sgd {learning_rate = 0.1}
}
