// MNIST: 28x28 grey levels in ten classes. Give it inputs in [0, 1] (--scale 0.00392157).
module @mnist {
  sinter.parameter @fc1.weight : tensor<500x784xf32> = kaiming_uniform(2.2360679775)
  sinter.parameter @fc1.bias : tensor<500xf32> = uniform(-0.03571428571, 0.03571428571)
  sinter.parameter @fc2.weight : tensor<10x500xf32> = kaiming_uniform(2.2360679775)
  sinter.parameter @fc2.bias : tensor<10xf32> = uniform(-0.04472135955, 0.04472135955)

  sinter.model @forward(%x: tensor<?x784xf32>) -> tensor<?x10xf32> {
    %w1, %b1 = sinter.get @fc1.weight, @fc1.bias : tensor<500x784xf32>, tensor<500xf32>
    %h1 = sinter.linear %x, %w1, %b1 : (tensor<?x784xf32>, tensor<500x784xf32>, tensor<500xf32>) -> tensor<?x500xf32>
    %a1 = sinter.relu %h1 : tensor<?x500xf32>
    %w2, %b2 = sinter.get @fc2.weight, @fc2.bias : tensor<10x500xf32>, tensor<10xf32>
    %y = sinter.linear %a1, %w2, %b2 : (tensor<?x500xf32>, tensor<10x500xf32>, tensor<10xf32>) -> tensor<?x10xf32>
    sinter.return %y : tensor<?x10xf32>
  }
  sinter.loss @loss(%y: tensor<?x10xf32>, %class: tensor<?xi32>) -> tensor<f32> {
    %l = sinter.cross_entropy %y, %class : (tensor<?x10xf32>, tensor<?xi32>) -> tensor<f32>
    sinter.return %l : tensor<f32>
  }
  sinter.optimizer adam {learning_rate = 0.001}
  sinter.metrics ["accuracy"]
}
