// Malignant or benign (two classes) from 30 measurements of cell nuclei. Train it with --normalize.
module @breast_cancer {
  sinter.parameter @fc1.weight : tensor<32x30xf32> = kaiming_uniform(2.2360679775)
  sinter.parameter @fc1.bias : tensor<32xf32> = uniform(-0.1825741858, 0.1825741858)
  sinter.parameter @fc2.weight : tensor<2x32xf32> = kaiming_uniform(2.2360679775)
  sinter.parameter @fc2.bias : tensor<2xf32> = uniform(-0.1767766953, 0.1767766953)

  sinter.model @forward(%x: tensor<?x30xf32>) -> tensor<?x2xf32> {
    %w1, %b1 = sinter.get @fc1.weight, @fc1.bias : tensor<32x30xf32>, tensor<32xf32>
    %h1 = sinter.linear %x, %w1, %b1 : (tensor<?x30xf32>, tensor<32x30xf32>, tensor<32xf32>) -> tensor<?x32xf32>
    %a1 = sinter.silu %h1 : tensor<?x32xf32>
    %w2, %b2 = sinter.get @fc2.weight, @fc2.bias : tensor<2x32xf32>, tensor<2xf32>
    %y = sinter.linear %a1, %w2, %b2 : (tensor<?x32xf32>, tensor<2x32xf32>, tensor<2xf32>) -> tensor<?x2xf32>
    sinter.return %y : tensor<?x2xf32>
  }
  sinter.loss @loss(%y: tensor<?x2xf32>, %class: tensor<?xi32>) -> tensor<f32> {
    %l = sinter.cross_entropy %y, %class label_smoothing = 0.02 : (tensor<?x2xf32>, tensor<?xi32>) -> tensor<f32>
    sinter.return %l : tensor<f32>
  }
  sinter.optimizer adamw {learning_rate = 0.003, weight_decay = 0.05}
  sinter.metrics ["accuracy"]
}
