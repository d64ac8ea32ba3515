// The perceptron of big_model.mlir with products of bf16: what is multiplied is rounded to it, in front of each product; sums,
// parameters and their updates are f32.
module @big_model_bf16 {
  sinter.parameter @fc1.weight : tensor<500x1000xf32> = kaiming_uniform(2.2360679775)
  sinter.parameter @fc1.bias : tensor<500xf32> = uniform(-0.0316227766, 0.0316227766)
  sinter.parameter @fc2.weight : tensor<100x500xf32> = kaiming_uniform(2.2360679775)
  sinter.parameter @fc2.bias : tensor<100xf32> = uniform(-0.04472135955, 0.04472135955)
  sinter.parameter @fc3.weight : tensor<10x100xf32> = kaiming_uniform(2.2360679775)
  sinter.parameter @fc3.bias : tensor<10xf32> = uniform(-0.1, 0.1)

  sinter.model @forward(%x: tensor<?x1000xf32>) -> tensor<?x10xf32> {
    %w1, %b1, %w2, %b2, %w3, %b3 = sinter.get @fc1.weight, @fc1.bias, @fc2.weight, @fc2.bias, @fc3.weight, @fc3.bias
        : tensor<500x1000xf32>, tensor<500xf32>, tensor<100x500xf32>, tensor<100xf32>, tensor<10x100xf32>, tensor<10xf32>
    %hx = sinter.convert %x : tensor<?x1000xf32> to tensor<?x1000xbf16>
    %v1 = sinter.convert %w1 : tensor<500x1000xf32> to tensor<500x1000xbf16>
    %1 = sinter.linear %hx, %v1, %b1 : (tensor<?x1000xbf16>, tensor<500x1000xbf16>, tensor<500xf32>) -> tensor<?x500xf32>
    %2 = sinter.relu %1 : tensor<?x500xf32>
    %h2 = sinter.convert %2 : tensor<?x500xf32> to tensor<?x500xbf16>
    %v2 = sinter.convert %w2 : tensor<100x500xf32> to tensor<100x500xbf16>
    %3 = sinter.linear %h2, %v2, %b2 : (tensor<?x500xbf16>, tensor<100x500xbf16>, tensor<100xf32>) -> tensor<?x100xf32>
    %4 = sinter.relu %3 : tensor<?x100xf32>
    %h4 = sinter.convert %4 : tensor<?x100xf32> to tensor<?x100xbf16>
    %v3 = sinter.convert %w3 : tensor<10x100xf32> to tensor<10x100xbf16>
    %5 = sinter.linear %h4, %v3, %b3 : (tensor<?x100xbf16>, tensor<10x100xbf16>, tensor<10xf32>) -> tensor<?x10xf32>
    sinter.return %5 : tensor<?x10xf32>
  }
  sinter.loss @mse(%y: tensor<?x10xf32>, %t: tensor<?x10xf32>) -> tensor<f32> {
    %l = sinter.mse_loss %y, %t : (tensor<?x10xf32>, tensor<?x10xf32>) -> tensor<f32>
    sinter.return %l : tensor<f32>
  }
  sinter.optimizer adam {learning_rate = 0.001}
}
