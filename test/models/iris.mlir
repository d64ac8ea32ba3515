// Two layers, three classes: the example of docs/getting-started.md.
module @iris {
  sinter.parameter @hidden.weight : tensor<16x4xf32> = kaiming_uniform
  sinter.parameter @hidden.bias : tensor<16xf32> = zeros
  sinter.parameter @out.weight : tensor<3x16xf32> = xavier_uniform
  sinter.parameter @out.bias : tensor<3xf32> = zeros

  sinter.model @forward(%x: tensor<?x4xf32>) -> tensor<?x3xf32> {
    %w1, %b1 = sinter.get @hidden.weight, @hidden.bias : tensor<16x4xf32>, tensor<16xf32>
    %w2, %b2 = sinter.get @out.weight, @out.bias : tensor<3x16xf32>, tensor<3xf32>
    %h = sinter.linear %x, %w1, %b1 : (tensor<?x4xf32>, tensor<16x4xf32>, tensor<16xf32>) -> tensor<?x16xf32>
    %a = sinter.tanh %h : tensor<?x16xf32>
    %y = sinter.linear %a, %w2, %b2 : (tensor<?x16xf32>, tensor<3x16xf32>, tensor<3xf32>) -> tensor<?x3xf32>
    sinter.return %y : tensor<?x3xf32>
  }
  sinter.loss @loss(%y: tensor<?x3xf32>, %class: tensor<?xi32>) -> tensor<f32> {
    %l = sinter.cross_entropy %y, %class : (tensor<?x3xf32>, tensor<?xi32>) -> tensor<f32>
    sinter.return %l : tensor<f32>
  }
  sinter.optimizer adam {learning_rate = 0.01}
  sinter.metrics ["accuracy"]
}
