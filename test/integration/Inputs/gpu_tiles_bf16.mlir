// Products of many tiles, so that each tile of matrix instructions is chosen: 128 x 128, 64 x 64, 32 x 32; along k, across it, and of rows that
// are no whole chunks of 16 bytes.
module @gpu_tiles_bf16 {
  sinter.parameter @large : tensor<33x200x24xf32> = uniform(-1.0, 1.0)
  sinter.parameter @middle : tensor<33x40x96xf32> = uniform(-1.0, 1.0)
  sinter.parameter @small : tensor<33x50x20xf32> = uniform(-1.0, 1.0)

  sinter.model @forward(%x: tensor<?x3xf32>) -> tensor<?x200xf32> {
    %af, %bf, %cf = sinter.get @large, @middle, @small : tensor<33x200x24xf32>, tensor<33x40x96xf32>, tensor<33x50x20xf32>
    %a = sinter.convert %af : tensor<33x200x24xf32> to tensor<33x200x24xbf16>
    %b = sinter.convert %bf : tensor<33x40x96xf32> to tensor<33x40x96xbf16>
    %c = sinter.convert %cf : tensor<33x50x20xf32> to tensor<33x50x20xbf16>
    %p = sinter.dot_general %a, %a batch = [0] x [0] contract = [2] x [2] : (tensor<33x200x24xbf16>, tensor<33x200x24xbf16>) -> tensor<33x200x200xf32>
    %q = sinter.dot_general %b, %b batch = [0] x [0] contract = [1] x [1] : (tensor<33x40x96xbf16>, tensor<33x40x96xbf16>) -> tensor<33x96x96xf32>
    %r = sinter.dot_general %c, %c batch = [0] x [0] contract = [2] x [2] : (tensor<33x50x20xbf16>, tensor<33x50x20xbf16>) -> tensor<33x50x50xf32>
    %pt = sinter.tanh %p : tensor<33x200x200xf32>
    %ps = sinter.reduce mean %pt dims = [0, 1, 2] : tensor<33x200x200xf32> -> tensor<f32>
    %qs = sinter.reduce mean %q dims = [0, 1, 2] : tensor<33x96x96xf32> -> tensor<f32>
    %rs = sinter.reduce mean %r dims = [0, 1, 2] : tensor<33x50x50xf32> -> tensor<f32>
    %pq = sinter.add %ps, %qs : tensor<f32>
    %s = sinter.add %pq, %rs : tensor<f32>
    %w = sinter.slice %af [0:1:1, 0:200:1, 0:3:1] : tensor<33x200x24xf32> -> tensor<1x200x3xf32>
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
