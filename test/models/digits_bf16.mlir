// The digits of digits.mlir with products of bf16: weights, activations and, in the backward pass, gradients are rounded to it
// for each product, which sums in f32. The parameters that are trained stay f32.
module @digits_bf16 {
  sinter.parameter @fc1.weight : tensor<256x64xf32> = kaiming_uniform(2.2360679775)
  sinter.parameter @fc1.bias : tensor<256xf32> = uniform(-0.125, 0.125)
  sinter.parameter @fc2.weight : tensor<128x256xf32> = kaiming_uniform(2.2360679775)
  sinter.parameter @fc2.bias : tensor<128xf32> = uniform(-0.0625, 0.0625)
  sinter.parameter @fc3.weight : tensor<10x128xf32> = kaiming_uniform(2.2360679775)
  sinter.parameter @fc3.bias : tensor<10xf32> = uniform(-0.08838834765, 0.08838834765)

  sinter.model @forward(%x: tensor<?x64xf32>) -> tensor<?x10xf32> {
    %w1, %b1 = sinter.get @fc1.weight, @fc1.bias : tensor<256x64xf32>, tensor<256xf32>
    %xh = sinter.convert %x : tensor<?x64xf32> to tensor<?x64xbf16>
    %w1h = sinter.convert %w1 : tensor<256x64xf32> to tensor<256x64xbf16>
    %h1 = sinter.linear %xh, %w1h, %b1 : (tensor<?x64xbf16>, tensor<256x64xbf16>, tensor<256xf32>) -> tensor<?x256xf32>
    %a1 = sinter.relu %h1 : tensor<?x256xf32>
    %d1 = sinter.dropout %a1 rate = 0.3 : tensor<?x256xf32>
    %w2, %b2 = sinter.get @fc2.weight, @fc2.bias : tensor<128x256xf32>, tensor<128xf32>
    %d1h = sinter.convert %d1 : tensor<?x256xf32> to tensor<?x256xbf16>
    %w2h = sinter.convert %w2 : tensor<128x256xf32> to tensor<128x256xbf16>
    %h2 = sinter.linear %d1h, %w2h, %b2 : (tensor<?x256xbf16>, tensor<128x256xbf16>, tensor<128xf32>) -> tensor<?x128xf32>
    %a2 = sinter.relu %h2 : tensor<?x128xf32>
    %d2 = sinter.dropout %a2 rate = 0.3 : tensor<?x128xf32>
    %w3, %b3 = sinter.get @fc3.weight, @fc3.bias : tensor<10x128xf32>, tensor<10xf32>
    %d2h = sinter.convert %d2 : tensor<?x128xf32> to tensor<?x128xbf16>
    %w3h = sinter.convert %w3 : tensor<10x128xf32> to tensor<10x128xbf16>
    %y = sinter.linear %d2h, %w3h, %b3 : (tensor<?x128xbf16>, tensor<10x128xbf16>, tensor<10xf32>) -> tensor<?x10xf32>
    sinter.return %y : tensor<?x10xf32>
  }
  sinter.loss @loss(%y: tensor<?x10xf32>, %class: tensor<?xi32>) -> tensor<f32> {
    %l = sinter.cross_entropy %y, %class label_smoothing = 0.1 : (tensor<?x10xf32>, tensor<?xi32>) -> tensor<f32>
    sinter.return %l : tensor<f32>
  }
  sinter.optimizer adamw {learning_rate = 0.005, weight_decay = 0.01}
  sinter.metrics ["accuracy"]
}
