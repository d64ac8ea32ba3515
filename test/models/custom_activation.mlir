// An activation and a loss of one's own, as scalar regions: they are differentiated and fused like the built-in ones.
module @custom_activation {
  sinter.parameter @fc1.weight : tensor<16x2xf32> = kaiming_uniform
  sinter.parameter @fc1.bias : tensor<16xf32> = uniform(-0.5, 0.5)
  sinter.parameter @fc2.weight : tensor<1x16xf32> = xavier_uniform
  sinter.parameter @fc2.bias : tensor<1xf32> = zeros

  sinter.model @forward(%x: tensor<?x2xf32>) -> tensor<?x1xf32> {
    %w1, %b1 = sinter.get @fc1.weight, @fc1.bias : tensor<16x2xf32>, tensor<16xf32>
    %h = sinter.linear %x, %w1, %b1 : (tensor<?x2xf32>, tensor<16x2xf32>, tensor<16xf32>) -> tensor<?x16xf32>
    // Mish: x tanh(log(1 + e^x))
    %a = sinter.map ins(%h : tensor<?x16xf32>) -> tensor<?x16xf32> {
    ^bb0(%v: f32):
      %exp = math.exp %v : f32
      %softplus = math.log1p %exp : f32
      %gate = math.tanh %softplus : f32
      %mish = arith.mulf %v, %gate : f32
      sinter.yield %mish : f32
    }
    %w2, %b2 = sinter.get @fc2.weight, @fc2.bias : tensor<1x16xf32>, tensor<1xf32>
    %y = sinter.linear %a, %w2, %b2 : (tensor<?x16xf32>, tensor<1x16xf32>, tensor<1xf32>) -> tensor<?x1xf32>
    sinter.return %y : tensor<?x1xf32>
  }
  sinter.loss @log_cosh(%y: tensor<?x1xf32>, %t: tensor<?x1xf32>) -> tensor<f32> {
    // log(cosh(d)) = |d| + log(1 + e^(-2 |d|)) - log(2), d = y - t; the mean over all elements
    %e = sinter.map ins(%y, %t : tensor<?x1xf32>, tensor<?x1xf32>) -> tensor<?x1xf32> {
    ^bb0(%a: f32, %b: f32):
      %minus_two = arith.constant -2.0 : f32
      %log_two = arith.constant 0.693147181 : f32
      %d = arith.subf %a, %b : f32
      %size = math.absf %d : f32
      %exponent = arith.mulf %size, %minus_two : f32
      %exp = math.exp %exponent : f32
      %log = math.log1p %exp : f32
      %sum = arith.addf %size, %log : f32
      %cosh = arith.subf %sum, %log_two : f32
      sinter.yield %cosh : f32
    }
    %l = sinter.reduce mean %e dims = [0, 1] : tensor<?x1xf32> -> tensor<f32>
    sinter.return %l : tensor<f32>
  }
  sinter.optimizer rmsprop {learning_rate = 0.005, momentum = 0.5}
  sinter.metrics ["mae"]
}
