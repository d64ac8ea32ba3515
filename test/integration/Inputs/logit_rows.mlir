// Logits that are a parameter.
module @logit_rows {
  sinter.parameter @x : tensor<300x1000xf32> = normal(0.0, 1.0)
  sinter.model @forward(%unused: tensor<1xf32>) -> tensor<300x1000xf32> {
    %x = sinter.get @x : tensor<300x1000xf32>
    sinter.return %x : tensor<300x1000xf32>
  }
  sinter.loss @loss(%x: tensor<300x1000xf32>, %class: tensor<300xi32>) -> tensor<f32> {
    %l = sinter.cross_entropy %x, %class : (tensor<300x1000xf32>, tensor<300xi32>) -> tensor<f32>
    sinter.return %l : tensor<f32>
  }
  sinter.optimizer adam
}
