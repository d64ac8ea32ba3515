// Logits of many classes, each an input and a number of its class.
module @long_rows {
  sinter.parameter @bias : tensor<50001xf32> = normal(0.0, 0.5)
  sinter.model @forward(%x: tensor<?x50001xf32>) -> tensor<?x50001xf32> {
    %bias = sinter.get @bias : tensor<50001xf32>
    %b = sinter.broadcast %bias dims = [1] : tensor<50001xf32> -> tensor<?x50001xf32>
    %z = sinter.add %x, %b : tensor<?x50001xf32>
    sinter.return %z : tensor<?x50001xf32>
  }
  sinter.loss @loss(%z: tensor<?x50001xf32>, %class: tensor<?xi32>) -> tensor<f32> {
    %l = sinter.cross_entropy %z, %class : (tensor<?x50001xf32>, tensor<?xi32>) -> tensor<f32>
    sinter.return %l : tensor<f32>
  }
  sinter.optimizer adam {learning_rate = 0.01}
}
