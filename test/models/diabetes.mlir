// Progress of diabetes after a year, a number, from 10 measurements. Train it with --normalize.
module @diabetes {
  sinter.parameter @fc1.weight : tensor<32x10xf32> = kaiming_uniform(2.2360679775)
  sinter.parameter @fc1.bias : tensor<32xf32> = uniform(-0.316227766, 0.316227766)
  sinter.parameter @fc2.weight : tensor<1x32xf32> = kaiming_uniform(2.2360679775)
  sinter.parameter @fc2.bias : tensor<1xf32> = uniform(-0.1767766953, 0.1767766953)

  sinter.model @forward(%x: tensor<?x10xf32>) -> tensor<?x1xf32> {
    %w1, %b1 = sinter.get @fc1.weight, @fc1.bias : tensor<32x10xf32>, tensor<32xf32>
    %h1 = sinter.linear %x, %w1, %b1 : (tensor<?x10xf32>, tensor<32x10xf32>, tensor<32xf32>) -> tensor<?x32xf32>
    %a1 = sinter.gelu %h1 tanh : tensor<?x32xf32>
    %w2, %b2 = sinter.get @fc2.weight, @fc2.bias : tensor<1x32xf32>, tensor<1xf32>
    %y = sinter.linear %a1, %w2, %b2 : (tensor<?x32xf32>, tensor<1x32xf32>, tensor<1xf32>) -> tensor<?x1xf32>
    sinter.return %y : tensor<?x1xf32>
  }
  sinter.loss @loss(%y: tensor<?x1xf32>, %target: tensor<?x1xf32>) -> tensor<f32> {
    %l = sinter.mse_loss %y, %target : (tensor<?x1xf32>, tensor<?x1xf32>) -> tensor<f32>
    sinter.return %l : tensor<f32>
  }
  sinter.optimizer adamw {learning_rate = 0.01, weight_decay = 0.01}
  sinter.metrics ["mae", "r2"]
}
