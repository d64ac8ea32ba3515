// The multilayer perceptron 1000-500-100-10 with ReLU, mean squared error, and Adam; starts as PyTorch's nn.Linear does.
module @big_model {
  sinter.parameter @fc1.weight : tensor<500x1000xf32> = kaiming_uniform(2.2360679775)
  sinter.parameter @fc1.bias : tensor<500xf32> = uniform(-0.0316227766, 0.0316227766)
  sinter.parameter @fc2.weight : tensor<100x500xf32> = kaiming_uniform(2.2360679775)
  sinter.parameter @fc2.bias : tensor<100xf32> = uniform(-0.04472135955, 0.04472135955)
  sinter.parameter @fc3.weight : tensor<10x100xf32> = kaiming_uniform(2.2360679775)
  sinter.parameter @fc3.bias : tensor<10xf32> = uniform(-0.1, 0.1)

  sinter.model @forward(%x: tensor<?x1000xf32>) -> tensor<?x10xf32> {
    %w1, %b1, %w2, %b2, %w3, %b3 = sinter.get @fc1.weight, @fc1.bias, @fc2.weight, @fc2.bias, @fc3.weight, @fc3.bias
        : tensor<500x1000xf32>, tensor<500xf32>, tensor<100x500xf32>, tensor<100xf32>, tensor<10x100xf32>, tensor<10xf32>
    %1 = sinter.linear %x, %w1, %b1 : (tensor<?x1000xf32>, tensor<500x1000xf32>, tensor<500xf32>) -> tensor<?x500xf32>
    %2 = sinter.relu %1 : tensor<?x500xf32>
    %3 = sinter.linear %2, %w2, %b2 : (tensor<?x500xf32>, tensor<100x500xf32>, tensor<100xf32>) -> tensor<?x100xf32>
    %4 = sinter.relu %3 : tensor<?x100xf32>
    %5 = sinter.linear %4, %w3, %b3 : (tensor<?x100xf32>, tensor<10x100xf32>, tensor<10xf32>) -> tensor<?x10xf32>
    sinter.return %5 : tensor<?x10xf32>
  }
  sinter.loss @mse(%y: tensor<?x10xf32>, %t: tensor<?x10xf32>) -> tensor<f32> {
    %l = sinter.mse_loss %y, %t : (tensor<?x10xf32>, tensor<?x10xf32>) -> tensor<f32>
    sinter.return %l : tensor<f32>
  }
  sinter.optimizer adam {learning_rate = 0.001}
}
