// Three growers of wine told apart by 13 chemical measurements. Train it with --normalize.
module @wine {
  sinter.parameter @fc1.weight : tensor<32x13xf32> = kaiming_uniform(2.2360679775)
  sinter.parameter @fc1.bias : tensor<32xf32> = uniform(-0.2773500981, 0.2773500981)
  sinter.parameter @fc2.weight : tensor<3x32xf32> = kaiming_uniform(2.2360679775)
  sinter.parameter @fc2.bias : tensor<3xf32> = uniform(-0.1767766953, 0.1767766953)

  sinter.model @forward(%x: tensor<?x13xf32>) -> tensor<?x3xf32> {
    %w1, %b1 = sinter.get @fc1.weight, @fc1.bias : tensor<32x13xf32>, tensor<32xf32>
    %h1 = sinter.linear %x, %w1, %b1 : (tensor<?x13xf32>, tensor<32x13xf32>, tensor<32xf32>) -> tensor<?x32xf32>
    %a1 = sinter.tanh %h1 : tensor<?x32xf32>
    %w2, %b2 = sinter.get @fc2.weight, @fc2.bias : tensor<3x32xf32>, tensor<3xf32>
    %y = sinter.linear %a1, %w2, %b2 : (tensor<?x32xf32>, tensor<3x32xf32>, tensor<3xf32>) -> tensor<?x3xf32>
    sinter.return %y : tensor<?x3xf32>
  }
  sinter.loss @loss(%y: tensor<?x3xf32>, %class: tensor<?xi32>) -> tensor<f32> {
    %l = sinter.cross_entropy %y, %class : (tensor<?x3xf32>, tensor<?xi32>) -> tensor<f32>
    sinter.return %l : tensor<f32>
  }
  sinter.optimizer adam {learning_rate = 0.01}
  sinter.metrics ["accuracy"]
}
